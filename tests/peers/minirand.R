# Minimisation by Minirand 0.1.3 (Jin, Polis and Hartzel) with p = 1, so that chance decides between ties alone.
# Run in this folder: Rscript minirand.R > minirand.json  (with Minirand and jsonlite)
suppressMessages({library(jsonlite); library(Minirand)})
set.seed(20261129)
people <- 90
covariates <- cbind(centre = sample(1:3, people, TRUE), sex = sample(1:2, people, TRUE, c(0.6, 0.4)),
  band = sample(1:3, people, TRUE, c(0.2, 0.5, 0.3)))
run <- function(method, ratio) {
  arms <- seq_along(ratio)
  given <- rep(100, people)
  given[1] <- 1
  for (j in 2:people) given[j] <- Minirand(covmat = covariates, j, covwt = rep(1 / 3, 3), ratio = ratio,
    ntrt = length(ratio), trtseq = arms, method = method, result = given, p = 1)
  list(measure = c(Range = "range", Var = "variance")[[method]], ratio = ratio, given = given)
}
runs <- list(run("Range", c(1, 1)), run("Range", c(1, 1, 1)), run("Range", c(2, 1)), run("Var", c(1, 1, 1)), run("Var", c(2, 2, 1)))
cat(toJSON(list(R = paste(R.version$major, R.version$minor, sep = "."), Minirand = "0.1.3", people = covariates,
  runs = runs), auto_unbox = TRUE, digits = NA), "\n")
