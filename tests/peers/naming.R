# What dada2's assignTaxonomy says of 100 sequences by the bundled reference; renews data/gut-reference/dada2.csv.
# Run from the root of the checkout: Rscript tests/peers/naming.R > data/gut-reference/dada2.csv
suppressMessages(library(dada2))
reference <- read.csv(gzfile("data/gut-reference/table.csv.gz"), colClasses = "character")
train <- tempfile(fileext = ".fasta")
writeLines(paste0(">", gsub("; ", ";", reference$lineage), ";\n", reference$sequence), train)
strains <- read.csv(gzfile("data/mock-strains/table.csv.gz"), colClasses = "character")
strains <- head(strains[!duplicated(strains$species), ], 50)
lines <- readLines(gzfile("data/mock-dilutions/sequences.fasta.gz"), 100)
asked <- c(setNames(lines[c(FALSE, TRUE)], sub(">", "", lines[c(TRUE, FALSE)])), setNames(strains$sequence, strains$id))
ranks <- c("kingdom", "phylum", "class", "order", "family", "genus", "species")
set.seed(23)
said <- assignTaxonomy(unname(asked), train, minBoot = 0, outputBootstraps = TRUE, multithread = FALSE, taxLevels = ranks)
names <- sub("^[a-z]__", "", said$tax)
names[is.na(names)] <- ""
write.csv(data.frame(
  id = rep(names(asked), each = 7), rank = rep(ranks, length(asked)), name = c(t(names)), confidence = c(t(said$boot))
), stdout(), row.names = FALSE, quote = FALSE)
