# Tables of counts, paired answers and a line that jumps, in base R and sandwich; renews tables.json.
# Run here: Rscript tables.R ../../data/synthetic-trends/table.csv > tables.json
suppressMessages({library(jsonlite); library(sandwich)})
wilson <- function(x, n) prop.test(x, n, correct = FALSE)$conf.int
exact <- function(x, n) binom.test(x, n)$conf.int
# Newcombe 1998, method 10, of the two score intervals that prop.test gives.
newcombe <- function(a, m, b, n) {
  p <- a / m; q <- b / n; one <- wilson(a, m); two <- wilson(b, n)
  c(p - q - sqrt((p - one[1])^2 + (two[2] - q)^2), p - q + sqrt((one[2] - p)^2 + (q - two[1])^2))
}
arms <- list(c(13, 16, 4, 13), c(15, 16, 4, 13), c(15, 16, 3, 13), c(56, 70, 48, 80), c(9, 10, 3, 10), c(10, 10, 0, 20), c(5, 56, 0, 29))
compared <- lapply(arms, function(x) {
  table <- matrix(c(x[1], x[2] - x[1], x[3], x[4] - x[3]), 2)
  list(counts = x, difference = newcombe(x[1], x[2], x[3], x[4]), p = fisher.test(table)$p.value)
})
shares <- list(c(13, 16), c(0, 20), c(8, 10), c(20, 20), c(1, 33))
alone <- lapply(shares, function(x) list(counts = x, wilson = wilson(x[1], x[2]), exact = exact(x[1], x[2])))
# McNemar: the exact test is that of the people who changed, against a half.
changed <- list(c(9, 1), c(3, 3), c(12, 5), c(0, 7))
mcnemar <- lapply(changed, function(x) list(counts = x, p = binom.test(x[1], sum(x), 0.5)$p.value))
holm <- p.adjust(vapply(mcnemar, function(x) x$p, numeric(1)), "holm")
scores <- list(before = c(3, 5, 2, 6, 4, 4, 1, 5), after = c(5, 5, 4, 6, 7, 3, 4, 6))
paired <- t.test(scores$after, scores$before, paired = TRUE)

# The bundled synthetic series, as the chapter fits it: 0 is left out.
given <- read.csv(commandArgs(trailingOnly = TRUE)[1])
day <- as.numeric(as.Date(given$week) - as.Date("2023-03-05"))
t <- day / 365.25; after <- as.numeric(day >= 0); y <- given$darmen
y[y <= 0] <- NA
d <- data.frame(y, t, after, s1 = sin(2 * pi * t), c1 = cos(2 * pi * t), s2 = sin(4 * pi * t), c2 = cos(4 * pi * t))
d <- d[!is.na(d$y), ]
fit <- lm(y ~ t + after + t:after + s1 + c1 + s2 + c2, d)
lags <- max(1, floor(4 * (nrow(d) / 100)^(2 / 9)))
V <- NeweyWest(fit, lag = lags, prewhite = FALSE, adjust = TRUE)
w <- qt(0.975, df.residual(fit)) * sqrt(diag(V))
one <- function(term) unname(c(coef(fit)[term], coef(fit)[term] - w[term], coef(fit)[term] + w[term]))
cat(toJSON(list(
  R = paste(R.version$major, R.version$minor, sep = "."), sandwich = as.character(packageVersion("sandwich")),
  compared = compared, alone = alone, mcnemar = mcnemar, holm = holm, scores = scores,
  change = c(unname(paired$estimate), paired$conf.int), lags = lags, level = one("after"), slope = one("t:after")
), auto_unbox = TRUE, digits = 14), "\n")
