# What R reads in the files that a run writes; renews files.json.
# Run in this folder: python test_files.py FOLDER; Rscript files.R FOLDER > files.json  (with ape and jsonlite)
suppressMessages({library(jsonlite); library(ape)})
folder <- commandArgs(trailingOnly = TRUE)[1]
at <- function(name) file.path(folder, name)
written <- sort(list.files(folder, "tsv|nwk"))
table <- function(name, ...) read.table(at(name), header = TRUE, sep = "\t", row.names = 1, check.names = FALSE, ...)
distances <- as.matrix(table("distances.tsv")); scores <- table("scores.tsv")
counts <- table("table.tsv", comment.char = "", skip = 0); tree <- read.tree(at("tree.nwk"))
taxonomy <- table("taxonomy.tsv"); metadata <- table("metadata.tsv", comment.char = "#")
cat(toJSON(list(R = paste(R.version$major, R.version$minor, sep = "."), ape = as.character(packageVersion("ape")),
  md5 = as.list(setNames(tools::md5sum(at(written)), written)),
  distances = distances, samples = rownames(distances), dist = as.numeric(as.dist(distances)),
  scores = as.matrix(scores), axes = colnames(scores), features = rownames(counts), counts = as.matrix(counts[, 1:4]),
  lineage = taxonomy$Taxon, group = metadata$group, tips = sort(tree$tip.label), length = sum(tree$edge.length),
  rooted = is.rooted(tree)), auto_unbox = TRUE, digits = NA), "\n")
