# Throat data of the R package GUniFrac, as plain files.
#   Rscript data/throat/convert.R <GUniFrac's data folder> data/throat      (from the root of the checkout)

arguments <- commandArgs(trailingOnly = TRUE)
source("data/write.R")

counts <- as.matrix(load_one(file.path(arguments[1], "throat.otu.tab.rda")))
people <- load_one(file.path(arguments[1], "throat.meta.rda"))
tree <- load_one(file.path(arguments[1], "throat.tree.rda"))
stopifnot(identical(rownames(counts), rownames(people)), setequal(colnames(counts), tree$tip.label))

write_table(counts, file.path(arguments[2], "table.csv.gz"))
write_csv_gz(data.frame(feature = colnames(counts)), file.path(arguments[2], "features.csv.gz"))
write_tree(tree, file.path(arguments[2], "tree.nwk.gz"))
write.csv(data.frame(
  sample = rownames(people),
  smoking = people$SmokingStatus,
  sex = people$Sex,
  age = people$Age,
  pack_years = people$PackYears
), file.path(arguments[2], "metadata.csv"), row.names = FALSE, na = "", quote = FALSE)
