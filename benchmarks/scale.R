# Seconds that vegan and GUniFrac take on the numbers of scale.py. Run by scale.py where R and both packages are there.
suppressMessages({
  library(vegan)
  library(GUniFrac)
  library(ape)
})
folder <- commandArgs(trailingOnly = TRUE)[1]
tree <- read.tree(file.path(folder, "tree.nwk"))
counts <- as.matrix(read.table(file.path(folder, "counts.txt")))
colnames(counts) <- paste0("f", seq_len(ncol(counts)) - 1)
stopifnot(setequal(colnames(counts), tree$tip.label))
groups <- factor(readLines(file.path(folder, "groups.txt"), warn = FALSE))
seconds <- function(work) system.time(work)[["elapsed"]]
bray <- vegdist(counts / rowSums(counts))
cat("PERMANOVA, vegan (s)", seconds(adonis2(bray ~ groups, permutations = 999)), "\n")
cat("UniFrac, all kinds at once, GUniFrac (s)", seconds(GUniFrac(counts, tree, alpha = 1)), "\n")
