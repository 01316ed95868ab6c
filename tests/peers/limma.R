# limma-trend on the counts of linda.json; renews limma.json.
# Run in this folder: Rscript limma.R > limma.json  (with limma and jsonlite)
suppressMessages({library(jsonlite); library(limma)})
drawn <- fromJSON("linda.json")
first <- drawn$first + 1
design <- model.matrix(~ arm + age, data.frame(arm = factor(drawn$arm[first]), age = drawn$age[first]))
said <- function(values) {
  fit <- eBayes(lmFit(t(values), design), trend = TRUE)
  list(slope = fit$coefficients[, "armb"], t = fit$t[, "armb"], p = fit$p.value[, "armb"],
       free = fit$df.total[1], prior_free = if (is.infinite(fit$df.prior)) 0 else fit$df.prior)
}
runs <- list()
for (name in c("equal", "unequal")) {
  counts <- drawn[[name]][first, ]
  per_million <- log2((counts + 0.5) / (rowSums(counts) + 1) * 1e6)
  # 30 taxa have a spline with two inner knots, 12 with two, 4 with one, 2 a line.
  for (taxa in c(30, 12, 5, 4, 2)) runs[[paste(name, taxa)]] <- said(per_million[, seq_len(taxa)])
  # Variances that are all alike teach all there is to know.
  runs[[paste(name, "alike")]] <- said(sapply(1:30, function(k) sin(k * seq_along(first)) + drawn$age[first] * k / 100))
}
cat(toJSON(list(R = paste(R.version$major, R.version$minor, sep = "."), limma = as.character(packageVersion("limma")),
  runs = runs), auto_unbox = TRUE, digits = NA), "\n")
