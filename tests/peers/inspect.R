# What phyloseq says is in its GlobalPatterns; renews inspect.json.
# Run in a temporary folder: Rscript inspect.R > inspect.json
suppressMessages({
  library(phyloseq)
  library(jsonlite)
})
data(GlobalPatterns)
taxa <- as(tax_table(GlobalPatterns), "matrix")
named <- !is.na(taxa[, "Genus"]) & taxa[, "Genus"] != ""
lineage <- apply(taxa[, c("Kingdom", "Phylum", "Class", "Order", "Family", "Genus")], 1, paste, collapse = ";")
depth <- sample_sums(GlobalPatterns)
cat(toJSON(list(
  R = paste(R.version$major, R.version$minor, sep = "."),
  phyloseq = as.character(packageVersion("phyloseq")),
  samples = nsamples(GlobalPatterns),
  features = ntaxa(GlobalPatterns),
  reads = sum(depth),
  least = min(depth),
  most = max(depth),
  median = median(depth),
  nowhere = sum(taxa_sums(GlobalPatterns) == 0),
  filled = mean(as(otu_table(GlobalPatterns), "matrix") > 0),
  genera = length(unique(lineage[named])),
  named_reads = sum(taxa_sums(GlobalPatterns)[named]) / sum(depth)
), auto_unbox = TRUE, digits = 12, pretty = TRUE), "\n")
