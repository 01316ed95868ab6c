# Dilutions of a mock community of the R package chkMocks, as plain files.
#   Rscript data/mock-dilutions/convert.R <chkMocks' data folder> data/mock-dilutions      (from the root of the checkout)

arguments <- commandArgs(trailingOnly = TRUE)
source("data/write.R")
suppressMessages(library(phyloseq))

study <- load_one(file.path(arguments[1], "ZymoExamplePseq.rda"))
counts <- as(otu_table(study), "matrix")
if (taxa_are_rows(study)) counts <- t(counts)
bases <- colnames(counts)
named <- vapply(bases, function(text) {
  path <- tempfile()
  on.exit(unlink(path))
  cat(text, file = path)
  unname(tools::md5sum(path))
}, character(1))
colnames(counts) <- named
ranks <- as(tax_table(study), "matrix")
colnames(ranks) <- tolower(colnames(ranks))
wells <- data.frame(sample_data(study))
stopifnot(identical(rownames(wells), rownames(counts)), !anyDuplicated(named))

write_table(counts, file.path(arguments[2], "table.csv.gz"))
write_csv_gz(data.frame(feature = unname(named), ranks, row.names = NULL), file.path(arguments[2], "features.csv.gz"))
con <- gzfile(file.path(arguments[2], "sequences.fasta.gz"), "wb", compression = 9)
writeLines(paste0(">", named, "\n", bases), con, sep = "\n")
close(con)
write.csv(data.frame(
  sample = rownames(wells),
  dilution = 3^(seq_len(nrow(wells)) - 1),
  dna = wells$DNA_conc
), file.path(arguments[2], "metadata.csv"), row.names = FALSE, na = "", quote = FALSE)
