# What R's DADA2 makes of the bundled pairs, from the files on, by its own filter: tests/peers/dada2.json.
# Rscript tests/peers/dada2.R   (from the top of the checkout; needs dada2 and jsonlite)
suppressMessages({library(dada2); library(jsonlite)})
base <- "data/reads/paired"
names <- c("sam1", "sam2")
fw <- file.path(base, paste0(names, "_r1.fastq.gz")); rv <- file.path(base, paste0(names, "_r2.fastq.gz"))
place <- tempfile(); dir.create(place)
f <- file.path(place, paste0(names, "_1.fastq.gz")); r <- file.path(place, paste0(names, "_2.fastq.gz"))
cut <- c(150, 130)
out <- filterAndTrim(fw, f, rv, r, truncLen = cut, maxEE = c(2, 2), truncQ = 2, minLen = 50, rm.phix = TRUE)
set.seed(100)
ef <- learnErrors(f, verbose = 0); er <- learnErrors(r, verbose = 0)
df <- dada(f, ef, verbose = 0); dr <- dada(r, er, verbose = 0)
merged <- mergePairs(df, f, dr, r, minOverlap = 12)
clean <- removeBimeraDenovo(makeSequenceTable(merged), method = "consensus", minFoldParentOverAbundance = 2)
rownames(clean) <- names
write_json(list(
  version = as.character(packageVersion("dada2")), cut = cut,
  passed = as.list(setNames(unname(out[, "reads.out"]), names)),
  table = lapply(setNames(names, names), function(n) as.list(clean[n, clean[n, ] > 0]))
), "tests/peers/dada2.json", auto_unbox = TRUE, pretty = TRUE)
