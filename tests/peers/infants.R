# R's numbers on data/iquitos, as rows of data/peers.csv; renews infants.csv.
# Run in this folder: Rscript infants.R <LinDA's R/linda.R> > infants.csv  (vegan, and for LinDA modeest, foreach, lmerTest)
suppressMessages({library(vegan); library(modeest); library(foreach); library(lmerTest)})
source(commandArgs(trailingOnly = TRUE)[1])
plain <- paste0("R ", R.version$major, ".", R.version$minor)
of <- function(what) paste0(plain, ", vegan ", packageVersion("vegan"), ", ", what)
cat("chapter,name,theirs,tolerance,source\n")
row <- function(chapter, name, value, source, tolerance = "1e-9")
  cat(sprintf('recipes/%s,"Infants, %s",%.13g,%s,"%s"\n', chapter, name, value, tolerance, source))

folder <- file.path("..", "..", "data", "iquitos")
table <- read.csv(gzfile(file.path(folder, "table.csv.gz")))
features <- read.csv(gzfile(file.path(folder, "features.csv.gz")))
meta <- read.csv(file.path(folder, "metadata.csv"), row.names = 1, na.strings = "")
counts <- xtabs(count ~ sample + feature, table)
counts <- matrix(counts, nrow(counts), dimnames = dimnames(counts))
meta <- meta[rownames(counts), ]
meta$months <- factor(meta$age)
here <- which(meta$status_at %in% c("IDA at 12", "Normal at 12"))
one <- meta[here, ]
one$status <- factor(one$status, c("Normal", "IDA"))
year <- counts[here, ]
bray <- vegdist(year / rowSums(year)); all <- vegdist(counts / rowSums(counts))

# ---- compare-groups
groups <- function(...) row("compare-groups", ...)
said <- of("adonis2 by margin")
alone <- adonis2(bray ~ status, one, permutations = 9)
groups("status alone: R2", alone$R2[1], of("adonis2")); groups("status alone: F", alone$F[1], of("adonis2"))
both <- adonis2(bray ~ sex + status, one, by = "margin", permutations = 9)
for (k in 1:2) {
  name <- c("sex beside status", "status beside sex")[k]
  groups(paste0(name, ": R2"), both$R2[k], said); groups(paste0(name, ": F"), both$F[k], said)
}
for (other in c("infection", "stunting", "supplement")) {
  known <- which(!is.na(one[[other]]))
  part <- as.dist(as.matrix(bray)[known, known]); people <- one[known, ]; people$other <- people[[other]]
  found <- adonis2(part ~ sex + other + status, people, by = "margin", permutations = 9)
  groups(paste0("status beside sex and ", other, ": R2"), found$R2[3], said)
  groups(paste0("status beside sex and ", other, ": F"), found$F[3], said)
}
centre <- function(type) anova(betadisper(bray, one$status, type = type))[["F value"]][1]
groups("dispersion of status about the centroid: F", centre("centroid"), of("betadisper"))
# vegan searches the spatial median by nlm(), to about five digits of F.
groups("dispersion of status about the median: F", centre("median"), of("betadisper"), "1e-4")
age <- adonis2(all ~ months, meta, permutations = 9)
groups("age alone: R2", age$R2[1], of("adonis2")); groups("age alone: F", age$F[1], of("adonis2"))
age <- adonis2(all ~ sex + months, meta, by = "margin", permutations = 9)
groups("age beside sex: R2", age$R2[2], said); groups("age beside sex: F", age$F[2], said)
shannon <- diversity(counts)
ranks <- wilcox.test(shannon[here] ~ one$status)
groups("Shannon index by status: W", ranks$statistic, paste0(plain, ", wilcox.test, exact"), "0")
groups("Shannon index by status: p", ranks$p.value, paste0(plain, ", wilcox.test, exact"))
for (name in levels(one$status)) groups(paste0("Shannon index, median of ", name), median(shannon[here][one$status == name]), of("diversity"))
for (name in levels(meta$months)) groups(paste0("Shannon index, median at ", name, " months"), median(shannon[meta$months == name]), of("diversity"))

# ---- map-differences
maps <- function(...) row("map-differences", ...)
part <- dbrda(bray ~ status + Condition(sex), one)
maps("dbRDA, status beside sex: sum of squares", part$CCA$eig[1], of("dbrda"))
maps("dbRDA, status beside sex: share of all", part$CCA$tot.chi / part$tot.chi, of("dbrda"))
part <- dbrda(all ~ months + Condition(sex), meta)
maps("dbRDA, age beside sex: sum of squares", part$CCA$eig[1], of("dbrda"))
roots <- decostand(year / rowSums(year), "hellinger")
part <- rda(roots ~ status + Condition(sex), one)
maps("RDA, Hellinger, status beside sex: eigenvalue", part$CCA$eig[1], of("rda"))
maps("RDA, Hellinger, status beside sex: adjusted R2", RsquareAdj(part)$adj.r.squared, of("rda, RsquareAdj"))
pca <- prcomp(roots)
maps("PCA, Hellinger: share of axis 1", pca$sdev[1]^2 / sum(pca$sdev^2), paste0(plain, ", prcomp"))
maps("Mantel correlation of Bray-Curtis and Jaccard", mantel(bray, vegdist(year > 0, "jaccard"), permutations = 1)$statistic, of("mantel"))

# ---- find-differential-taxa, of genera
taxa <- function(...) row("find-differential-taxa", ...)
named <- features$genus[match(colnames(counts), features$feature)]
shown <- c("Blautia", "Faecalibacterium", "Roseburia")
lines <- function(samples, formula, last, label) {
  shares <- counts[samples, ] / rowSums(counts[samples, ])
  for (name in shown) {
    s <- rowSums(shares[, which(named == name)])
    s <- log2(ifelse(s > 0, s, min(s[s > 0]) / 2))
    fit <- coef(summary(lm(update(formula, s ~ .), cbind(meta[samples, ], s = s))))
    taxa(sprintf("MaAsLin-like, %s: log2 fold change of %s", label, name), fit[last, 1], paste0(plain, ", lm"))
    taxa(sprintf("MaAsLin-like, %s: log10 of p of %s", label, name), log10(fit[last, 4]), paste0(plain, ", lm"))
  }
  there <- counts[samples, colSums(counts[samples, ]) > 0]
  ignored <- capture.output(fit <- linda(t(there), meta[samples, ], deparse(formula)))
  rows <- fit$output[[last]]
  for (name in c("Faecalibacterium_1", "Blautia_1", "Bifidobacterium_1")) {
    taxa(sprintf("LinDA, %s: log2 fold change of %s", label, name), rows[name, "log2FoldChange"], paste0(plain, ", LinDA's own program"), "1e-6")
    taxa(sprintf("LinDA, %s: log10 of p of %s", label, name), log10(rows[name, "pvalue"]), paste0(plain, ", LinDA's own program"), "1e-6")
  }
}
meta$status <- factor(meta$status, c("Normal", "IDA"))
lines(here, ~ sex + status, "statusIDA", "status")
lines(seq_len(nrow(meta)), ~ sex + months, "months12", "age")
for (who in c("female", "male")) {
  s <- rowSums(year[, which(named == "Roseburia")]) / rowSums(year)
  test <- wilcox.test(s[one$sex == who] ~ one$status[one$sex == who], exact = FALSE, correct = TRUE)
  taxa(sprintf("ranks of shares of Roseburia by status, %s: p", who), test$p.value, paste0(plain, ", wilcox.test"))
}
