# Differential abundance in base R on counts made here: LinDA's and MaAsLin 2's linear models by lm(), Wilcoxon's test by
# wilcox.test(), the mode by density(). Written from the papers, not from our Python. Renews differential.json:
# Rscript differential.R > differential.json
suppressMessages(library(jsonlite))
set.seed(20)
n <- 24; taxa <- 12
group <- rep(c("no", "yes"), each = n / 2)
age <- round(runif(n, 20, 70))
mean <- exp(rnorm(taxa, 2, 1.5))
counts <- t(sapply(1:n, function(i) rnbinom(taxa, mu = mean * exp(rnorm(taxa, 0, .3)) *
  ifelse(group[i] == "yes" & 1:taxa <= 2, 4, 1), size = 3)))
counts <- counts[, colSums(counts > 0) >= 4]
log2clr <- log2(counts + .5); log2clr <- log2clr - rowMeans(log2clr)
last <- function(y) { s <- summary(lm(y ~ age + group))$coefficients; s["groupyes", ] }
raw <- apply(log2clr, 2, last)
dens <- function(x) -sum(dnorm((raw[1, ] - x) / bw.nrd0(raw[1, ])))
grid <- seq(min(raw[1, ]), max(raw[1, ]), length.out = 2000)
top <- grid[which.min(sapply(grid, dens))]
mode <- optimize(dens, top + c(-.02, .02), tol = 1e-12)$minimum
slope <- raw[1, ] - mode
p <- 2 * pt(-abs(slope / raw[2, ]), n - 3)
shares <- counts / rowSums(counts)
logs <- apply(shares, 2, function(x) log2(ifelse(x > 0, x, min(x[x > 0]) / 2)))
maaslin <- apply(logs, 2, last)
wil <- apply(log2clr, 2, function(y) wilcox.test(y[group == "yes"], y[group == "no"], exact = FALSE)$p.value)
hl <- apply(log2clr, 2, function(y) median(outer(y[group == "yes"], y[group == "no"], "-")))
cat(toJSON(list(R = paste(R.version$major, R.version$minor, sep = "."), counts = counts, group = group, age = age,
  mode = mode, linda = slope, linda_p = p, linda_q = p.adjust(p, "BH"), linda_low = slope - qt(.975, n - 3) * raw[2, ],
  maaslin = maaslin[1, ], maaslin_p = maaslin[4, ], wilcoxon_p = wil, wilcoxon = hl), auto_unbox = TRUE, digits = 12), "\n")
# The small table of recipes/find-differential-taxa: its rows in data/peers.csv, and the counts to write there.
rows <- c(1:6, 13:18); small <- counts[rows, 1:6]; g <- group[rows]
lc <- log2(small + .5); lc <- lc - rowMeans(lc)
f <- function(y) summary(lm(y ~ g))$coefficients[2, ]
s <- apply(lc, 2, f)
d <- function(x) -sum(dnorm((s[1, ] - x) / bw.nrd0(s[1, ])))
gr <- seq(min(s[1, ]), max(s[1, ]), length.out = 2000)
t0 <- gr[which.min(sapply(gr, d))]
m <- optimize(d, t0 + c(-.02, .02), tol = 1e-12)$minimum
l <- s[1, 1] - m
sh <- small / rowSums(small)
ms <- f(log2(ifelse(sh[, 1] > 0, sh[, 1], min(sh[sh[, 1] > 0, 1]) / 2)))
w <- wilcox.test(lc[g == "yes", 1], lc[g == "no", 1], exact = FALSE)$p.value
write(toJSON(small), stderr())
write(sprintf("LinDA fold %.10f p %.10f MaAsLin fold %.10f p %.10f Wilcoxon p %.10f", l, 2 * pt(-abs(l / s[2, 1]), 10),
  ms[1], ms[4], w), stderr())
