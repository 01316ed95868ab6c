# The engine dada2: error model, denoising, merging and chimeras of DADA2, of reads that are prepared.
# Rscript dada2.R samples.tsv folder workers overlap full_length fold key parent
# samples.tsv: sample, forward, reverse (empty of single reads), mark. What is done of a sample is kept as <mark>.rds.
suppressPackageStartupMessages(library(dada2))
given <- commandArgs(trailingOnly = TRUE)
samples <- read.delim(given[1], colClasses = "character", quote = "", na.strings = NULL)
folder <- given[2]
workers <- as.integer(given[3])
overlap <- as.integer(given[4])
long <- given[5] == "yes"
fold <- as.numeric(given[6])
key <- given[7]
parent <- as.integer(given[8])
paired <- all(samples$reverse != "")
band <- if (long) 32 else 16
# Prepared reads are Phred + 33. Left to guess, it takes accurate long reads, all over 30, for Phred + 64.
phred33 <- "FastqQuality"

# Where the run that asked for this was killed, nobody waits for the next sample. (On Windows asking would end it.)
waited_for <- function() .Platform$OS.type != "unix" || tools::pskill(parent, 0)

kept <- function(name, make) {
  if (!waited_for()) stop("the run that started this has ended")
  path <- file.path(folder, paste0(name, ".rds"))
  if (file.exists(path)) return(readRDS(path))
  made <- make()
  part <- paste0(path, ".", Sys.getpid(), ".part")
  saveRDS(made, part)
  file.rename(part, path)
  made
}

# Learning takes a gigabyte, which R keeps and every process for a sample would begin with: it is done in one of its own.
aside <- function(make) {
  if (.Platform$OS.type != "unix") return(make())
  made <- parallel::mccollect(parallel::mcparallel(make()))[[1]]
  if (is.null(made) || inherits(made, "try-error")) stop(if (is.null(made)) "learning errors was killed" else made)
  made
}

unlink(Sys.glob(file.path(folder, "*.part")))  # what a run that was killed left half written

model <- function(files, name) {
  kept(name, function() aside(function() {
    fun <- if (long) dada2:::PacBioErrfun else loessErrfun
    set.seed(100)
    suppressWarnings(learnErrors(files, errorEstimationFunction = fun, multithread = workers, BAND_SIZE = band,
                                 qualityType = phred33, verbose = 0))
  }))
}

err <- model(samples$forward, paste0("forward-", key))
if (paired) errR <- model(samples$reverse, paste0("reverse-", key))

one <- function(at) {
  kept(paste0(samples$mark[at], "-", key), function() {
    drp <- derepFastq(samples$forward[at], qualityType = phred33)
    dd <- dada(drp, err = err, BAND_SIZE = band, multithread = FALSE, verbose = 0)
    if (!paired) return(list(denoised = getUniques(dd), input = sum(getUniques(drp)), first = sum(getUniques(dd))))
    drpR <- derepFastq(samples$reverse[at], qualityType = phred33)
    ddR <- dada(drpR, err = errR, BAND_SIZE = band, multithread = FALSE, verbose = 0)
    merged <- mergePairs(dd, drp, ddR, drpR, minOverlap = overlap)
    list(denoised = getUniques(merged), input = sum(getUniques(drp)), first = sum(getUniques(dd)))
  })
}

found <- parallel::mclapply(seq_len(nrow(samples)), one, mc.cores = workers, mc.preschedule = FALSE)
failed <- vapply(found, inherits, TRUE, what = "try-error")
if (any(failed)) stop(found[[which(failed)[1]]])

uniques <- lapply(found, function(x) x$denoised)
names(uniques) <- samples$sample
some <- lengths(uniques) > 0
lines <- character(0)
if (any(some)) {
  table <- makeSequenceTable(uniques[some])
  clean <- removeBimeraDenovo(table, method = "consensus", minFoldParentOverAbundance = fold, multithread = workers)
  for (s in rownames(table)) for (q in colnames(table)[table[s, ] > 0])
    lines <- c(lines, paste(s, q, table[s, q], if (q %in% colnames(clean)) "yes" else "no", sep = "\t"))
}
writeLines(lines, file.path(folder, "counts.tsv"))
write.table(data.frame(sample = samples$sample, input = vapply(found, function(x) x$input, 1),
                       first = vapply(found, function(x) x$first, 1)),
            file.path(folder, "steps.tsv"), sep = "\t", quote = FALSE, row.names = FALSE)
