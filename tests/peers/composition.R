# Agglomeration, core and expected prevalence by phyloseq and vegan, on GlobalPatterns; renews composition.json.
# Run: Rscript composition.R > composition.json
suppressMessages({
  library(phyloseq)
  library(vegan)
  library(jsonlite)
})
data(GlobalPatterns)
phyla <- tax_glom(GlobalPatterns, "Phylum")
shares <- rowMeans(otu_table(transform_sample_counts(tax_glom(GlobalPatterns, "Phylum", NArm = FALSE), function(x) x / sum(x))))
names(shares) <- tax_table(tax_glom(GlobalPatterns, "Phylum", NArm = FALSE))[, "Phylum"]
parts <- as(otu_table(transform_sample_counts(GlobalPatterns, function(x) x / sum(x))), "matrix")
leading <- sort(rowMeans(parts) * rowMeans(parts > 0), decreasing = TRUE)[1:5]
seen <- colMeans(drarefy(t(as(otu_table(GlobalPatterns), "matrix")), 1000))
cat(toJSON(list(
  R = paste(R.version$major, R.version$minor, sep = "."), phyloseq = as.character(packageVersion("phyloseq")),
  vegan = as.character(packageVersion("vegan")), phyla = ntaxa(phyla), shares = as.list(sort(shares, decreasing = TRUE)[1:4]),
  core = sum(rowMeans(parts >= 1e-4) >= 0.5), core_ids = sort(names(which(rowMeans(parts >= 1e-4) >= 0.5))), leading = as.list(leading),
  seen_sum = sum(seen), seen = as.list(sort(seen, decreasing = TRUE)[1:5])
), auto_unbox = TRUE, digits = 15), "\n")
