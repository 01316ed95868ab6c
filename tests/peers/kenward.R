# Satterthwaite beside Kenward and Roger on the infants of time.csv; renews kenward.csv.
# Run in this folder: Rscript kenward.R > kenward.csv  (lme4, lmerTest, pbkrtest)
suppressMessages({library(lmerTest); library(pbkrtest)})
here <- read.csv("time.csv")
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5))
own <- lmer(shannon ~ month * delivery + (month | child), here, control = tight)
cat("# lmerTest", as.character(packageVersion("lmerTest")), "pbkrtest", as.character(packageVersion("pbkrtest")), "\n")
cat("way,term,error,df,p\n")
for (way in c("Satterthwaite", "Kenward-Roger")) {
  found <- coef(summary(own, ddf = way))
  for (term in rownames(found)) cat(sprintf("%s,%s,%.9g,%.9g,%.9g\n", way, term, found[term, 2], found[term, 3], found[term, 5]))
}
