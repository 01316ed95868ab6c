# Contrasts by emmeans, of paces in the mixed model of mixed.R and of groups beside a covariate with HC3 errors; renews
# contrasts.json. Run in this folder: Rscript contrasts.R > contrasts.json  (lme4, lmerTest, emmeans, jsonlite)
suppressMessages({library(lme4); library(lmerTest); library(emmeans); library(jsonlite)})
frame <- as.data.frame(fromJSON("mixed.json")$frame)
frame$arm <- factor(frame$arm)
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5))
fit <- lmer(y ~ week * arm + age + (week | who), frame, control = tight)
asked <- list("b - a" = c(-1, 1, 0), "c - a" = c(-1, 0, 1), "b - 0.5 a - 0.5 c" = c(-0.5, 1, -0.5))
paces <- contrast(emtrends(fit, ~ arm, var = "week", lmer.df = "satterthwaite", data = frame), asked, adjust = "none")
looms <- transform(warpbreaks, logs = log(breaks))
plain <- lm(logs ~ wool + tension, looms)
x <- model.matrix(plain); bread <- solve(crossprod(x))
hc3 <- bread %*% crossprod(x * (resid(plain) / (1 - hatvalues(plain)))) %*% bread
weights <- list("M - L" = c(-1, 1, 0), "H - L" = c(-1, 0, 1), "H - 0.5 L - 0.5 M" = c(-0.5, -0.5, 1))
groups <- contrast(emmeans(plain, ~ tension, vcov. = hc3), weights, adjust = "none")
said <- function(found) with(as.data.frame(found), list(name = as.character(contrast), estimate = estimate, error = SE, df = df, p = p.value))
cat(toJSON(list(R = paste(R.version$major, R.version$minor, sep = "."),
  versions = sapply(c("lme4", "lmerTest", "emmeans"), function(p) as.character(packageVersion(p))),
  paces = said(paces), groups = said(groups)), auto_unbox = TRUE, digits = NA, dataframe = "columns"), "\n")
