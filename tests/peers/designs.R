# Clusters, and several visits with people who stop, by R: power.t.test on means of clusters, least squares with a known
# covariance, and lmer on simulated trials; renews designs.json. Run: Rscript designs.R > designs.json
suppressMessages({library(lme4); library(jsonlite)})
set.seed(7)

# A cluster counts as one: its mean has variance DE / m, so a t test of means of clusters has this power.
clusters <- do.call(rbind, lapply(list(c(0.5, 8, 12, 0.02), c(0.5, 20, 5, 0.1), c(0.8, 5, 30, 0.05), c(0.3, 40, 4, 0.3)), function(a) {
  spread <- sqrt((1 + (a[3] - 1) * a[4]) / a[3])
  data.frame(effect = a[1], clusters = a[2], size = a[3], icc = a[4],
    power = power.t.test(n = a[2], delta = a[1], sd = spread, strict = TRUE)$power)
}))
# The same from scratch: values in clusters, tested by the means of clusters.
trial <- function(effect, k, m, icc) {
  one <- function(shift) rnorm(k, shift, sqrt(icc)) + rowMeans(matrix(rnorm(k * m, 0, sqrt(1 - icc)), k))
  t.test(one(0), one(effect), var.equal = TRUE)$p.value < 0.05
}
clusters$trials <- 2000
clusters$hits <- mapply(function(e, k, m, i) sum(replicate(2000, trial(e, k, m, i))), clusters$effect, clusters$clusters, clusters$size, clusters$icc)

# Variance of the difference of two arms, by least squares with the true covariance: baseline as covariate, then visits,
# of which people see as many as they stay for.
stopped <- list(c(0.1), c(0.05, 0.15), c(0, 0, 0), c(0.1, 0.2, 0.3, 0.4))
known <- do.call(rbind, lapply(stopped, function(gone) do.call(rbind, lapply(c(0.2, 0.5, 0.8), function(rho) {
  visits <- length(gone); stay <- 1 - gone; people <- 1000
  exactly <- round(people * (stay - c(stay[-1], 0)))
  information <- matrix(0, 2, 2)
  for (k in seq_len(visits)) if (exactly[k] > 0) {
    # Given the baseline, visits have variance 1 - rho^2 and covariance rho - rho^2.
    covariance <- matrix(rho - rho^2, k, k); diag(covariance) <- 1 - rho^2
    weight <- solve(covariance)
    for (arm in 0:1) {
      design <- cbind(1, rep(arm, k))
      information <- information + exactly[k] * t(design) %*% weight %*% design
    }
  }
  data.frame(stopped = paste(gone, collapse = " "), rho = rho, people = people, variance = solve(information)[2, 2])
}))))

# Power of the mixed model on simulated trials of 40 people an arm.
power <- function(effect, gone, rho, people = 40, trials = 400) {
  visits <- length(gone)
  hits <- replicate(trials, {
    arm <- rep(0:1, each = people); level <- rnorm(2 * people, 0, sqrt(rho))
    baseline <- level + rnorm(2 * people, 0, sqrt(1 - rho)); left <- runif(2 * people)
    frame <- do.call(rbind, lapply(seq_len(visits), function(v) data.frame(who = seq_along(arm), arm = arm, baseline = baseline,
      y = level + effect * arm + rnorm(2 * people, 0, sqrt(1 - rho)), there = left > gone[v])))
    frame <- frame[frame$there, ]
    if (visits == 1) { fit <- coef(summary(lm(y ~ arm + baseline, frame)))["arm", ]; free <- nrow(frame) - 3 }
    else {
      fit <- coef(summary(suppressMessages(lmer(y ~ arm + baseline + (1 | who), frame))))["arm", ]
      free <- length(unique(frame$who)) - 3
    }
    2 * pt(-abs(fit[1] / fit[2]), free) < 0.05
  })
  data.frame(effect = effect, stopped = paste(gone, collapse = " "), rho = rho, people = people, trials = trials, hits = sum(hits))
}
simulated <- rbind(power(0.5, 0.1, 0.5), power(0.5, c(0.05, 0.15), 0.5), power(0.4, c(0.1, 0.2, 0.3), 0.7), power(0.5, c(0, 0), 0.3))
cat(toJSON(list(
  R = paste(R.version$major, R.version$minor, sep = "."), versions = list(lme4 = as.character(packageVersion("lme4"))),
  clusters = clusters, known = known, simulated = simulated
), auto_unbox = TRUE, digits = NA, dataframe = "columns"), "\n")
