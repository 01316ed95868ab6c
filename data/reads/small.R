# What DADA2 makes of prepared reads where all samples are looked at together; called by small.py.
# Rscript small.R samples.tsv out.tsv full_length fold
suppressPackageStartupMessages(library(dada2))
given <- commandArgs(trailingOnly = TRUE)
samples <- read.delim(given[1], colClasses = "character", quote = "", na.strings = NULL)
long <- given[3] == "yes"
band <- if (long) 32 else 16
model <- if (long) dada2:::PacBioErrfun else loessErrfun
set.seed(100)
one <- function(files) {
  err <- suppressWarnings(learnErrors(files, errorEstimationFunction = model, BAND_SIZE = band, verbose = 0))
  dada(files, err = err, BAND_SIZE = band, pool = TRUE, verbose = 0)
}
found <- one(samples$forward)
if (all(samples$reverse != ""))
  found <- mergePairs(found, samples$forward, one(samples$reverse), samples$reverse, minOverlap = 12)
names(found) <- samples$sample
table <- removeBimeraDenovo(makeSequenceTable(found), method = "consensus",
                            minFoldParentOverAbundance = as.numeric(given[4]))
out <- cbind(sequence = colnames(table), as.data.frame(t(table)))
write.table(out, given[2], sep = "\t", quote = FALSE, row.names = FALSE)
