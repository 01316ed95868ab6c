# Which sequence DADA2 counts each prepared read with, each sample looked at by itself; called by small.py.
# Rscript apart.R samples.tsv out.tsv full_length fold
suppressPackageStartupMessages(library(dada2))
given <- commandArgs(trailingOnly = TRUE)
samples <- read.delim(given[1], colClasses = "character", quote = "", na.strings = NULL)
long <- given[3] == "yes"
band <- if (long) 32 else 16
model <- if (long) dada2:::PacBioErrfun else loessErrfun
learnt <- function(files) {
  set.seed(100)
  suppressWarnings(learnErrors(files, errorEstimationFunction = model, BAND_SIZE = band, verbose = 0))
}
paired <- all(samples$reverse != "")
err <- learnt(samples$forward)
if (paired) errR <- learnt(samples$reverse)
one <- function(at) {
  drp <- derepFastq(samples$forward[at])
  dd <- dada(drp, err = err, BAND_SIZE = band, verbose = 0)
  first <- dd$map[drp$map]
  if (!paired) return(list(found = dd, reads = dd$sequence[first]))
  drpR <- derepFastq(samples$reverse[at])
  ddR <- dada(drpR, err = errR, BAND_SIZE = band, verbose = 0)
  merged <- mergePairs(dd, drp, ddR, drpR, minOverlap = 12)
  pair <- match(paste(first, ddR$map[drpR$map]), paste(merged$forward, merged$reverse))
  list(found = merged, reads = merged$sequence[pair])
}
all <- lapply(seq_len(nrow(samples)), one)
clean <- removeBimeraDenovo(makeSequenceTable(setNames(lapply(all, function(x) x$found), samples$sample)),
                            method = "consensus", minFoldParentOverAbundance = as.numeric(given[4]))
reads <- unlist(lapply(all, function(x) x$reads))
reads[!(reads %in% colnames(clean))] <- ""
writeLines(reads, given[2])
