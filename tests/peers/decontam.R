# What decontam says of a table drawn here; renews decontam.json.
# Run: Rscript decontam.R <decontam's R/decontam.R> > decontam.json
suppressMessages({library(jsonlite); library(methods)})
source(commandArgs(trailingOnly = TRUE)[1])
set.seed(18)
wells <- 48; blanks <- 12; features <- 60
neg <- rep(c(FALSE, TRUE), c(wells - blanks, blanks))
own <- ifelse(neg, 0, 10^runif(wells, 0, 2.5)); kit <- exp(rnorm(wells, 0, 0.4))
people <- matrix(rgamma(wells * 45, 0.3), wells); dust <- matrix(rgamma(wells * 15, 1), wells)
amount <- cbind(own * people / rowSums(people), kit * dust / rowSums(dust))
depth <- ifelse(neg, 300, 2000)
counts <- t(sapply(seq_len(wells), function(i) rmultinom(1, depth[i], amount[i, ])))
colnames(counts) <- sprintf("F%02d", seq_len(features)); rownames(counts) <- sprintf("W%02d", seq_len(wells))
dna <- round(own + kit, 5); batch <- rep(c("one", "two", "three"), length.out = wells)
said <- function(method, batch = NULL) {
  found <- suppressWarnings(isContaminant(counts, conc = dna, neg = neg, method = method, batch = batch))
  list(frequency = found$p.freq, prevalence = found$p.prev, score = found$p, contaminant = found$contaminant)
}
runs <- list()
for (method in c("frequency", "prevalence", "combined", "minimum", "both")) {
  runs[[method]] <- said(method)
  runs[[paste(method, "batches")]] <- said(method, batch)
}
frame <- suppressWarnings(isContaminant(counts, conc = dna))
cat(toJSON(list(
  R = paste(R.version$major, R.version$minor, sep = "."), decontam = "benjjneb/decontam 4137e57",
  counts = counts, features = colnames(counts), dna = dna, neg = neg, batch = batch, runs = runs,
  alone = list(method = "frequency", contaminant = frame$contaminant)
), auto_unbox = TRUE, digits = NA, na = "null"), "\n")
