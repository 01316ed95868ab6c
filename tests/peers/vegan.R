# R's numbers for recipes/compare-groups and analysis/{distances,permanova,dispersion}: writes vegan.json beside itself.
# Needs vegan (2.6-4 when the numbers were made), GUniFrac (1.7), ape and jsonlite. Run: Rscript tests/peers/vegan.R
suppressMessages({library(vegan); library(GUniFrac); library(ape); library(jsonlite)})
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
folder <- file.path(here, "..", "..", "data", "throat")
table <- read.csv(gzfile(file.path(folder, "table.csv.gz")), check.names = FALSE)
meta <- read.csv(file.path(folder, "metadata.csv"), row.names = 1)
counts <- xtabs(count ~ sample + feature, table)
counts <- matrix(counts, nrow(counts), dimnames = dimnames(counts))
meta <- meta[rownames(counts), ]
bray <- vegdist(counts / rowSums(counts), "bray")
tree <- read.tree(gzfile(file.path(folder, "tree.nwk.gz")))
unifracs <- GUniFrac(counts, tree, alpha = c(0, 0.5, 1))$unifracs

set.seed(1)
terms <- function(formula, kind, strata = NULL, permutations = 9999) {
  control <- how(nperm = permutations)
  if (!is.null(strata)) setBlocks(control) <- strata
  found <- as.data.frame(do.call(adonis2, list(formula, data = meta, by = kind, permutations = control)))
  list(term = rownames(found), df = found$Df, SS = found$SumOfSqs, R2 = found$R2, F = found$F, p = found[["Pr(>F)"]])
}
spread <- function(type) {
  found <- betadisper(bray, meta$smoking, type = type)
  list(distances = as.list(found$distances), F = permutest(found, permutations = 9999)$tab$F[1],
       p = permutest(found, permutations = 9999)$tab[["Pr(>F)"]][1])
}
axes <- cmdscale(bray, k = 2, eig = TRUE)
result <- list(
  versions = list(R = R.version.string, vegan = as.character(packageVersion("vegan")),
                  GUniFrac = as.character(packageVersion("GUniFrac"))),
  samples = rownames(counts),
  bray_first_row = as.matrix(bray)[1, ],
  unifrac_first_row = lapply(c(unweighted = "d_UW", generalised = "d_0.5", weighted = "d_1"),
                             function(name) unifracs[1, , name]),
  one_term = terms(bray ~ smoking, "terms"),
  margin = terms(bray ~ sex + smoking, "margin"),
  sequence = terms(bray ~ sex + smoking + age, "terms"),
  strata = terms(bray ~ smoking, "terms", strata = factor(meta$sex)),
  unifrac_R2 = lapply(c(unweighted = "d_UW", generalised = "d_0.5", weighted = "d_1"), function(name) {
    distance <- as.dist(unifracs[, , name]); adonis2(distance ~ smoking, data = meta, permutations = 1)$R2[1] }),
  betadisper = list(median = spread("median"), centroid = spread("centroid")),
  anosim_R = anosim(bray, meta$smoking, permutations = 1)$statistic,
  eigenvalues = axes$eig,
  shannon_W = unname(wilcox.test(diversity(counts) ~ meta$smoking, exact = FALSE)$statistic)
)
write_json(result, file.path(here, "vegan.json"), digits = 12, auto_unbox = TRUE, pretty = FALSE)
