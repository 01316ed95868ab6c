# Mixed models (nlme, lmerTest), paired and cross-over tests (base R); renews time.json. Run: Rscript time.R > time.json
# The table is Shannon's index (natural logarithm) of the 126 dated samples of data/ecam, written by test_time.py.
suppressMessages({
  library(nlme)
  library(jsonlite)
})
here <- read.csv("time.csv")
one <- summary(lme(shannon ~ month, random = ~ 1 | child, data = here))
two <- summary(lme(shannon ~ month + delivery, random = ~ 1 | child, data = here))
tight <- lme4::lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5))
own <- coef(summary(lmerTest::lmer(shannon ~ month + (month | child), here, control = tight)))
satterthwaite <- coef(summary(lmerTest::lmer(shannon ~ month + delivery + (1 | child), here)))
set.seed(3)
before <- round(exp(rnorm(15, 2, 0.4)), 3)
after <- round(before * exp(rnorm(15, 0.2, 0.3)), 3)
order <- rep(c("AB", "BA"), c(8, 7))
change <- t.test(log(after), log(before), paired = TRUE)
treatment <- t.test(log(before / after) ~ order, var.equal = TRUE)
carry <- t.test(log(before * after) ~ order, var.equal = TRUE)
bounds <- function(test, scale) c(exp(diff(rev(test$estimate)) / scale), exp(test$conf.int / scale), test$p.value)
cat(toJSON(list(
  R = paste(R.version$major, R.version$minor, sep = "."), nlme = as.character(packageVersion("nlme")),
  month = one$tTable["month", ], month_beside = two$tTable["month", ], delivery = two$tTable["deliveryvaginal", ],
  satterthwaite = list(month = satterthwaite["month", ], delivery = satterthwaite["deliveryvaginal", ]),
  own_slopes = own["month", ],
  between = as.numeric(VarCorr(one)["(Intercept)", "Variance"]), within = as.numeric(VarCorr(one)["Residual", "Variance"]),
  before = before, after = after, order = order,
  ratio = c(exp(change$estimate), exp(change$conf.int), change$p.value),
  rank = wilcox.test(log(after), log(before), paired = TRUE)$p.value,
  treatment = unname(bounds(treatment, 2)), carry = unname(bounds(carry, 1))
), auto_unbox = TRUE, digits = 15), "\n")
