# What the conversions in R share: plain files that pandas and frictionless read, the same bytes at every run
# (R's gzfile writes no time and no name into the header). Sourced from the root of the checkout.

options(scipen = 999)

write_csv_gz <- function(frame, path) {
  stopifnot(!vapply(frame, function(column) any(grepl("[\",\n]", column)), logical(1)))
  con <- gzfile(path, "wb", compression = 9)
  on.exit(close(con))
  write.csv(frame, con, row.names = FALSE, na = "", quote = FALSE)
}

# counts: samples x features. Zeros are left out; the order is that of the matrix.
write_table <- function(counts, path) {
  at <- which(t(counts) > 0, arr.ind = TRUE)
  write_csv_gz(data.frame(
    sample = rownames(counts)[at[, 2]],
    feature = colnames(counts)[at[, 1]],
    count = t(counts)[at]
  ), path)
}

# Fifteen digits give back the short decimals that the tree was made with.
write_tree <- function(tree, path) {
  con <- gzfile(path, "wb", compression = 9)
  on.exit(close(con))
  writeLines(ape::write.tree(tree, digits = 15), con, sep = "\n")
}

load_one <- function(path) {
  room <- new.env()
  get(load(path, envir = room)[1], envir = room)
}
