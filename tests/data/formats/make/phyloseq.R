# Usage: Rscript phyloseq.R OUT WORK
suppressMessages({library(phyloseq); library(biomformat)})
args <- commandArgs(TRUE); out <- args[1]; work <- args[2]
counts <- as.matrix(read.delim(file.path(work, "plain.tsv"), row.names = 1, check.names = FALSE, comment.char = ""))
meta <- read.delim(file.path(work, "metadata.tsv"), row.names = 1)
tax <- read.delim(file.path(work, "taxonomy.tsv"), row.names = 1)
ranks <- t(sapply(strsplit(tax$Taxon, "; "), function(x) c(x, rep("", 6 - length(x)))))
dimnames(ranks) <- list(rownames(tax), c("Kingdom", "Phylum", "Class", "Order", "Family", "Genus"))
study <- phyloseq(otu_table(counts, taxa_are_rows = TRUE), sample_data(meta), tax_table(ranks))
made <- make_biom(as(otu_table(study), "matrix"), observation_metadata = as.data.frame(as(tax_table(study), "matrix")))
write_biom(made, file.path(out, "throat-biomformat-r.biom"))
# The orientation phyloseq has by default, as people write it with write.table: the header is one cell short.
write.table(as(otu_table(study), "matrix"), file.path(out, "throat-write-table.txt"))
seqtab <- as.matrix(read.delim(file.path(work, "seqtab.tsv"), row.names = 1, check.names = FALSE))
write.csv(seqtab, file.path(out, "dada2-seqtab.csv"))
