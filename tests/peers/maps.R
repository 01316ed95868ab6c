# Ordinations and rarefaction of the throat data by vegan; renews maps.json. Run: Rscript maps.R > maps.json
suppressMessages({
  library(vegan)
  library(GUniFrac)
  library(jsonlite)
})
data(throat.otu.tab)
data(throat.meta)
shares <- throat.otu.tab / rowSums(throat.otu.tab)
bray <- vegdist(shares)
both <- dbrda(bray ~ SmokingStatus + Sex, data = throat.meta)
roots <- decostand(shares, "hellinger")
plain <- rda(roots ~ SmokingStatus + Sex, data = throat.meta)
partial <- rda(roots ~ SmokingStatus + Condition(Sex), data = throat.meta)
set.seed(1)
map <- metaMDS(bray, k = 2, trymax = 200, autotransform = FALSE, trace = 0)
pca <- prcomp(roots)
n <- min(rowSums(throat.otu.tab))
few <- rarefy(throat.otu.tab, n, se = TRUE)
kept <- colMeans(throat.otu.tab > 0) >= 0.1 & colMeans(shares) >= 1e-4
cat(toJSON(list(
  R = paste(R.version$major, R.version$minor, sep = "."), vegan = as.character(packageVersion("vegan")),
  dbrda = unname(both$CCA$eig), dbrda_total = both$tot.chi, rda = unname(plain$CCA$eig), rda_total = plain$tot.chi,
  r2 = RsquareAdj(plain)$r.squared, adjusted = RsquareAdj(plain)$adj.r.squared,
  partial = unname(partial$CCA$eig), partial_r2 = RsquareAdj(partial)$r.squared, partial_adjusted = RsquareAdj(partial)$adj.r.squared,
  pca = pca$sdev[1:3]^2 / sum(pca$sdev^2), stress = map$stress,
  mantel = mantel(bray, vegdist(shares > 0, "jaccard"), permutations = 1)$statistic,
  rarefied_to = n, rarefied = unname(few[1, 1:3]), rarefied_se = unname(few[2, 1:3]), rarefied_sum = sum(few[1, ]),
  kept = sum(kept), smallest = min(rowSums(throat.otu.tab)), kept_R2 = adonis2(vegdist(prop.table(as.matrix(throat.otu.tab[, kept]), 1)) ~ SmokingStatus, data = throat.meta, permutations = 1)$R2[1]
), auto_unbox = TRUE, digits = 15), "\n")
