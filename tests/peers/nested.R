# Cages around animals by lme4 and lmerTest, and poly() of R; renews nested.json. Run: Rscript nested.R > nested.json
suppressMessages({library(lme4); library(lmerTest); library(jsonlite)})
set.seed(7)
cages <- 12; each <- 4
frame <- do.call(rbind, lapply(seq_len(cages * each), function(p) {
  weeks <- sort(sample(0:6, sample(4:6, 1)))
  data.frame(cage = sprintf("K%02d", (p - 1) %/% each + 1), who = sprintf("M%02d", p), week = weeks)
}))
frame$arm <- c("a", "b")[as.integer(substr(frame$cage, 2, 3)) %% 2 + 1]
cage <- match(frame$cage, unique(frame$cage)); who <- match(frame$who, unique(frame$who))
frame$y <- round(2 + rnorm(cages, 0, 0.4)[cage] + rnorm(cages, 0, 0.1)[cage] * frame$week + rnorm(cages * each, 0, 0.5)[who] +
  (0.05 + rnorm(cages * each, 0, 0.1)[who]) * frame$week + rnorm(nrow(frame), 0, 0.3), 6)
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5))
said <- function(fit) {
  list(table = as.data.frame(coef(summary(fit))), names = names(fixef(fit)), residual = sigma(fit)^2,
    people = as.matrix(VarCorr(fit)$who)[, , drop = FALSE], cages = as.matrix(VarCorr(fit)$cage)[, , drop = FALSE],
    loglik = as.numeric(logLik(fit)))
}
level <- lmer(y ~ week * arm + (1 | cage) + (1 | who), frame, control = tight)
slopes <- lmer(y ~ week * arm + (week | cage) + (week | who), frame, control = tight)
cat(toJSON(list(
  R = paste(R.version$major, R.version$minor, sep = "."),
  versions = sapply(c("lme4", "lmerTest"), function(p) as.character(packageVersion(p))),
  frame = frame, level = said(level), slopes = said(slopes),
  poly = list(x = c(1, 2, 4, 7, 11, 3), columns = unclass(poly(c(1, 2, 4, 7, 11, 3), 3))[, 1:3])
), auto_unbox = TRUE, digits = NA, dataframe = "columns", matrix = "rowmajor"), "\n")
