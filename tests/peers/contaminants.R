# What base R says of the lung data's extraction controls and of two lines; renews contaminants.json.
# Run: Rscript contaminants.R <metagenomeSeq's data folder> > contaminants.json
suppressMessages(library(jsonlite))
room <- new.env()
load(file.path(commandArgs(trailingOnly = TRUE)[1], "lungData.rda"), envir = room)
parts <- attributes(room$lungData)
counts <- get("counts", parts$assayData)
blank <- attributes(parts$phenoData)$data$SampleType == "Extraction.Control"
wells <- rowSums(counts > 0)
chosen <- which(wells >= 2)[seq(1, sum(wells >= 2), by = 50)]
best <- c("47000", "47001", "46039", "47315")
p_of <- function(id) {
  present <- counts[id, ] > 0
  fisher.test(table(factor(blank, c(TRUE, FALSE)), factor(present, c(TRUE, FALSE))), alternative = "greater")$p.value
}
ids <- c(best, rownames(counts)[chosen])
p <- vapply(ids, p_of, numeric(1))

# Frequency: two lines through shares and concentrations written here, so that the test has the same numbers.
set.seed(1)
dna <- round(exp(rnorm(12, 1, 1)), 4)
shares <- cbind(
  dust = round(0.05 / dna * exp(rnorm(12, 0, 0.3)), 6),
  gut = round(0.10 * exp(rnorm(12, 0, 0.5)), 6),
  rare = c(rep(0, 8), 0.01, 0.02, 0.005, 0.03)
)
score <- apply(shares, 2, function(share) {
  there <- share > 0
  y <- log(share[there]); x <- log(dna[there])
  ratio <- sum(resid(lm(y ~ 1 + offset(-x)))^2) / sum(resid(lm(y ~ 1))^2)
  pf(ratio, sum(there) - 1, sum(there) - 1)
})
cat(toJSON(list(
  R = paste(R.version$major, R.version$minor, sep = "."), ids = paste0("OTU_", ids), p = unname(p),
  q = p.adjust(unname(p), "BH"), dna = dna, shares = as.data.frame(shares), score = unname(score),
  combined = pchisq(-2 * (log(0.1) + log(0.2)), 4, lower.tail = FALSE)
), auto_unbox = TRUE, digits = 15, dataframe = "columns"), "\n")
