# Lung data of the R package metagenomeSeq, as plain files.
#   Rscript data/lung/convert.R <metagenomeSeq's data folder> data/lung      (from the root of the checkout)
# The package itself need not be installed: the parts of its object are read as they lie in the file.

arguments <- commandArgs(trailingOnly = TRUE)
source("data/write.R")

parts <- attributes(load_one(file.path(arguments[1], "lungData.rda")))
counts <- t(get("counts", parts$assayData))
samples <- attributes(parts$phenoData)$data
lineage <- as.character(attributes(parts$featureData)$data$taxa)
stopifnot(identical(rownames(counts), rownames(samples)), length(lineage) == ncol(counts))

# Of the lineage (NCBI's, of any depth) the last name is kept; an OTU without a name repeats its number.
taxon <- gsub('[",]', "", sub(".*;", "", lineage))
taxon[grepl("^OTU_[0-9]+$", taxon)] <- NA
colnames(counts) <- paste0("OTU_", colnames(counts))
short <- function(id) sub("_V1V2$", "", sub("^CHK_6467_", "", id))
ids <- short(rownames(counts))
rownames(counts) <- ids
person <- ifelse(grepl("^E3B[0-9]+_", ids), sub("_.*", "", ids), NA)

write_table(counts, file.path(arguments[2], "table.csv.gz"))
write_csv_gz(data.frame(feature = colnames(counts), taxon = taxon), file.path(arguments[2], "features.csv.gz"))
write.csv(data.frame(
  sample = ids,
  kind = ifelse(samples$SampleType == "Extraction.Control", "control", "sample"),
  sample_type = samples$SampleType,
  site = samples$SiteSampled,
  person = person,
  smoking = samples$SmokingStatus
), file.path(arguments[2], "metadata.csv"), row.names = FALSE, na = "", quote = FALSE)
