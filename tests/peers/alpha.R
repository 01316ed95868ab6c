# What vegan says of the spider data (Sackett et al. 2011) and of a deep, skewed made-up sample.
#   Rscript tests/peers/alpha.R > tests/peers/alpha.json
suppressMessages(library(vegan))

samples <- list(
  girdled = c(46, 22, 17, 15, 15, 9, 8, 6, 6, 4, rep(2, 4), rep(1, 12)),
  logged = c(88, 22, 16, 15, 13, 10, 8, 8, 7, 7, 7, 5, 4, 4, 4, rep(3, 4), rep(2, 4), rep(1, 14)),
  deep = c(floor(20000 / (1:120)^1.3), rep(1, 30)),
  no_doubletons = c(9, 5, 3, 1, 1, 1)
)
number <- function(x) format(unname(x), digits = 17, trim = TRUE)
array <- function(x) paste0("[", paste(number(x), collapse = ", "), "]")

one <- function(x) {
  sizes <- unique(pmax(1, round(sum(x) * c(0.01, 0.1, 0.5, 0.9))))
  rarefied <- sapply(sizes, function(size) rarefy(x, size, se = TRUE))
  curve <- rarecurve(matrix(x, 1, dimnames = list("s", NULL)), step = max(1, floor(sum(x) / 7)), tidy = TRUE)
  estimates <- estimateR(x)
  paste0(
    "{\"counts\": ", array(x), ", \"sizes\": ", array(sizes),
    ", \"expected\": ", array(rarefied[1, ]), ", \"se\": ", array(rarefied[2, ]),
    ", \"curve_sizes\": ", array(curve$Sample), ", \"curve\": ", array(curve$Species),
    ", \"chao1\": ", array(estimates["S.chao1"]), ", \"chao1_se\": ", array(estimates["se.chao1"]),
    ", \"shannon\": ", array(diversity(x)), ", \"inverse_simpson\": ", array(diversity(x, "invsimpson")),
    ", \"hill\": ", array(as.numeric(renyi(x, scales = c(0, 0.5, 1, 2, 4), hill = TRUE))), "}"
  )
}
cat("{", paste0("\"", names(samples), "\": ", sapply(samples, one), collapse = ",\n "), "}\n", sep = "")
