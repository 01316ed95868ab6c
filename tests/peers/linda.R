# LinDA's own program on counts drawn here; renews linda.json.
# Run: Rscript linda.R <LinDA's R/linda.R> > linda.json  (with modeest, foreach, lmerTest and jsonlite)
suppressMessages({library(jsonlite); library(modeest); library(foreach); library(lmerTest)})
source(commandArgs(trailingOnly = TRUE)[1])
# The same model, fitted to more digits than lmer's defaults ask for.
tight <- lme4::lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12))
lmer <- function(formula, data) {
  eval(bquote(lmerTest::lmer(.(formula), .(substitute(data)), control = tight)), parent.frame())
}
set.seed(30)
people <- 24; visits <- 3; taxa <- 30; n <- people * visits
who <- rep(sprintf("P%02d", seq_len(people)), each = visits)
arm <- rep(rep(c("a", "b", "c"), length.out = people), each = visits); age <- rep(round(runif(people, 20, 70)), each = visits)
mean <- exp(rnorm(taxa, 1.5, 1.5)); own <- matrix(rnorm(people * taxa, 0, 0.5), people)[rep(seq_len(people), each = visits), ]
draw <- function(depth) t(sapply(seq_len(n), function(i) rnbinom(taxa, mu = depth[i] * mean * exp(own[i, ]) *
  ifelse(arm[i] == "b" & seq_len(taxa) <= 3, 4, 1), size = 2)))
counts <- list(equal = draw(rep(c(1, 1.1, 0.9), people)), unequal = draw(ifelse(arm == "b", 8, 1)))
for (name in names(counts)) colnames(counts[[name]]) <- sprintf("t%02d", seq_len(taxa))
meta <- data.frame(arm = factor(arm), age = age, who = who)
said <- function(table, rows, formula, type = "count") {
  table <- table[rows, ]; table <- table[, colSums(table) > 0]
  if (type == "proportion") table <- table / rowSums(table)
  zeros <- capture.output(fit <- linda(t(table), meta[rows, ], formula, type = type))
  keep <- function(one) as.list(one[, c("log2FoldChange", "lfcSE", "df", "pvalue", "padj")])
  list(zeros = paste(zeros, collapse = ""), features = colnames(table), b = keep(fit$output$armb), c = keep(fit$output$armc), bias = fit$bias[1:2])
}
first <- seq(1, n, visits)
runs <- list()
for (name in names(counts)) {
  runs[[paste(name, "once")]] <- said(counts[[name]], first, "~arm+age")
  runs[[paste(name, "people")]] <- said(counts[[name]], seq_len(n), "~arm+age+(1|who)")
  runs[[paste(name, "shares")]] <- said(counts[[name]], first, "~arm+age", "proportion")
}
cat(toJSON(list(R = paste(R.version$major, R.version$minor, sep = "."),
  versions = sapply(c("lmerTest", "modeest"), function(p) as.character(packageVersion(p))), linda = "zhouhj1994/LinDA",
  equal = counts$equal, unequal = counts$unequal, taxa = colnames(counts$equal), arm = arm, age = age, who = who,
  first = first - 1, runs = runs), auto_unbox = TRUE, digits = NA), "\n")
