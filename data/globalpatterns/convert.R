# GlobalPatterns of the R package phyloseq, as plain files.
#   Rscript data/globalpatterns/convert.R <phyloseq's data folder> data/globalpatterns      (from the root of the checkout)

arguments <- commandArgs(trailingOnly = TRUE)
suppressMessages(library(phyloseq))
source("data/write.R")

study <- load_one(file.path(arguments[1], "GlobalPatterns.RData"))
counts <- t(as(otu_table(study), "matrix"))
samples <- data.frame(sample_data(study))
taxonomy <- data.frame(as(tax_table(study), "matrix"))
tree <- phy_tree(study)
names(taxonomy) <- tolower(names(taxonomy))
stopifnot(taxa_are_rows(study), identical(colnames(counts), rownames(taxonomy)))
tree$node.label <- NULL

write_table(counts, file.path(arguments[2], "table.csv.gz"))
write_csv_gz(data.frame(feature = colnames(counts), taxonomy), file.path(arguments[2], "features.csv.gz"))
write_tree(tree, file.path(arguments[2], "tree.nwk.gz"))
write.csv(data.frame(
  sample = rownames(counts),
  sample_type = samples[rownames(counts), "SampleType"],
  description = samples[rownames(counts), "Description"]
), file.path(arguments[2], "metadata.csv"), row.names = FALSE, na = "")
