# Own levels, own slopes and autocorrelation by lme4, lmerTest and nlme; renews mixed.json. Run: Rscript mixed.R > mixed.json
suppressMessages({library(lme4); library(lmerTest); library(nlme); library(jsonlite); library(geepack)})
set.seed(42)
people <- 30
frame <- do.call(rbind, lapply(seq_len(people), function(p) {
  weeks <- sort(sample(0:9, sample(5:8, 1)))
  data.frame(who = sprintf("P%02d", p), week = weeks, arm = c("a", "b", "c")[p %% 3 + 1], age = 20 + p)
}))
level <- rnorm(people, 0, 0.6); pace <- rnorm(people, 0, 0.15)
at <- match(frame$who, unique(frame$who))
noise <- unlist(lapply(split(frame$week, frame$who), function(w) {
  as.vector(t(chol(0.6^abs(outer(w, w, "-")))) %*% rnorm(length(w), 0, 0.5))
}))
frame$y <- round(2 + level[at] + (0.05 + pace[at] + 0.05 * (frame$arm == "b")) * frame$week + 0.01 * frame$age + noise, 6)
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5))
said <- function(fit) {
  list(table = as.data.frame(coef(summary(fit))), names = names(fixef(fit)),
    random = as.matrix(VarCorr(fit)$who)[, , drop = FALSE], residual = sigma(fit)^2, loglik = as.numeric(logLik(fit)))
}
level_only <- lmer(y ~ week * arm + age + (1 | who), frame, control = tight)
slopes <- lmer(y ~ week * arm + age + (week | who), frame, control = tight)
strict <- lmeControl(msTol = 1e-12, tolerance = 1e-10, niterEM = 100, msMaxIter = 2000, msMaxEval = 5000, maxIter = 500)
car <- lme(y ~ week * arm + age, random = ~ 1 | who, correlation = corCAR1(form = ~ week | who), data = frame, control = strict)
both <- lme(y ~ week * arm + age, random = ~ week | who, correlation = corCAR1(form = ~ week | who), data = frame, control = strict)
nlme_said <- function(fit) {
  list(table = as.data.frame(summary(fit)$tTable), names = names(fixef(fit)), residual = fit$sigma^2,
    random = matrix(as.numeric(getVarCov(fit)), nrow = nrow(getVarCov(fit))), phi = unname(coef(fit$modelStruct$corStruct, unconstrained = FALSE)),
    loglik = as.numeric(logLik(fit)))
}
frame$who <- factor(frame$who)
gee <- geeglm(y ~ week * arm + age, id = who, data = frame, corstr = "exchangeable", control = geese.control(epsilon = 1e-10))
cat(toJSON(list(
  R = paste(R.version$major, R.version$minor, sep = "."),
  versions = sapply(c("lme4", "lmerTest", "nlme", "geepack"), function(p) as.character(packageVersion(p))),
  frame = frame, level = said(level_only), slopes = said(slopes), car = nlme_said(car), both = nlme_said(both),
  anova = as.data.frame(anova(slopes, type = 3)), anova_names = rownames(anova(slopes, type = 3)),
  gee = list(table = as.data.frame(coef(summary(gee))), names = names(coef(gee)))
), auto_unbox = TRUE, digits = NA, dataframe = "columns", matrix = "rowmajor"), "\n")
