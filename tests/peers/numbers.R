# One number a sample compared by a design: least squares with HC3 errors, and a mixed model with contrasts of paces.
# Data are R's own: warpbreaks (datasets), Orthodont (nlme). Rscript numbers.R > numbers.json
suppressMessages({library(jsonlite); library(lmerTest); library(nlme)})
hc3 <- function(fit, rows) {
  x <- model.matrix(fit); e <- residuals(fit) / (1 - hatvalues(fit)); inverse <- solve(crossprod(x))
  v <- inverse %*% crossprod(x * e) %*% inverse
  estimate <- as.vector(rows %*% coef(fit)); error <- sqrt(diag(rows %*% v %*% t(rows))); df <- fit$df.residual
  width <- qt(0.975, df) * error
  data.frame(estimate, low = estimate - width, high = estimate + width, p = 2 * pt(-abs(estimate / error), df))
}
w <- transform(warpbreaks, tension = factor(tension, c("L", "M", "H")), logs = log(breaks))
plain <- lm(logs ~ tension + wool, w)
contrasts <- rbind("M to L" = c(0, 1, 0, 0), "H to L" = c(0, 0, 1, 0), "H - 0.5 L - 0.5 M" = c(0, -0.5, 1, 0))
o <- transform(as.data.frame(Orthodont), Subject = as.character(Subject), Sex = as.character(Sex))
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5))
o2 <- transform(o, Sex = factor(Sex, c("Female", "Male")))
fit <- lmer(distance ~ Sex * age + (age | Subject), o2, control = tight)
rows <- rbind("Male to Female" = c(0, 1, 0, 0), "Sex[Male]:age" = c(0, 0, 0, 1), Female = c(0, 0, 1, 0), Male = c(0, 0, 1, 1))
paces <- do.call(rbind, lapply(rownames(rows), function(name) {
  found <- contest1D(fit, rows[name, ], confint = TRUE)
  data.frame(name, estimate = found$Estimate, error = found$`Std. Error`, df = found$df, low = found$lower, high = found$upper, p = found$`Pr(>|t|)`)
}))
cat(toJSON(list(
  versions = list(R = R.version.string, lmerTest = as.character(packageVersion("lmerTest")), lme4 = as.character(packageVersion("lme4"))),
  warpbreaks = w[c("wool", "tension", "logs")], hc3 = cbind(name = rownames(contrasts), hc3(plain, contrasts)),
  orthodont = o[c("Subject", "Sex", "age", "distance")], paces = paces), digits = NA, auto_unbox = TRUE))
