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
# The small table of recipes/find-differential-taxa: its rows in data/peers.csv.
small <- matrix(c(1, 32, 1, 2, 6, 11, 3, 57, 0, 1, 37, 2, 7, 69, 0, 1, 97, 8, 5, 237, 1, 2, 7, 8, 5, 27, 3, 2, 17, 10,
  2, 145, 0, 8, 19, 22, 93, 222, 1, 4, 29, 14, 16, 108, 0, 2, 40, 9, 52, 80, 1, 1, 73, 15, 12, 392, 2, 3, 68, 11,
  1, 181, 0, 2, 37, 6, 35, 83, 1, 4, 15, 7), ncol = 6, byrow = TRUE)
per_million <- log2((small + 0.5) / (rowSums(small) + 1) * 1e6)
fit <- eBayes(lmFit(t(per_million), model.matrix(~ rep(c(0, 1), each = 6))), trend = TRUE)
write(sprintf("limma-trend fold %.12f p %.12f", fit$coefficients[1, 2], fit$p.value[1, 2]), stderr())
