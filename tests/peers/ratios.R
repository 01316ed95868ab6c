# Least squares on logarithms with HC3 standard errors, in base R; renews ratios.json.
# Run in a temporary folder: Rscript ratios.R > ratios.json
suppressMessages(library(jsonlite))
d <- warpbreaks
fit <- lm(log(breaks) ~ tension + wool, d)
X <- model.matrix(fit)
e <- residuals(fit) / (1 - hatvalues(fit))
B <- solve(crossprod(X))
se <- sqrt(diag(B %*% crossprod(X * e) %*% B))
est <- coef(fit)
w <- qt(0.975, df.residual(fit)) * se
cat(toJSON(list(
  R = paste(R.version$major, R.version$minor, sep = "."),
  breaks = d$breaks, wool = as.character(d$wool), tension = as.character(d$tension),
  ratio = unname(exp(est))[2:3], low = unname(exp(est - w))[2:3], high = unname(exp(est + w))[2:3],
  p = unname(2 * pt(-abs(est / se), df.residual(fit)))[2:3]
), auto_unbox = TRUE, digits = 12), "\n")
