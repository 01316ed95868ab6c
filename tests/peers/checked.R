# Numbers of R on the bundled data and on numbers written in the recipes, as rows of data/peers.csv; renews checked.csv.
# Run in this folder: Rscript checked.R > checked.csv  (vegan, permute, lme4, lmerTest, emmeans, geepack, limma)
suppressMessages({library(vegan); library(lme4); library(lmerTest); library(emmeans); library(geepack); library(limma)})
emm_options(lmerTest.limit = 1e4, pbkrtest.limit = 0)
of <- function(package) paste0("R ", R.version$major, ".", R.version$minor, ", ", package, " ", packageVersion(package))
cat("chapter,name,theirs,tolerance,source\n")
row <- function(chapter, name, value, tolerance, source)
  cat(sprintf('%s,"%s",%.13g,%s,"%s"\n', chapter, name, value, tolerance, source))

# ---- recipes/compare-groups, on data/throat
groups <- function(name, value, source, tolerance = "1e-9") row("recipes/compare-groups", name, value, tolerance, source)
folder <- file.path("..", "..", "data", "throat")
table <- read.csv(gzfile(file.path(folder, "table.csv.gz")), check.names = FALSE)
meta <- read.csv(file.path(folder, "metadata.csv"), row.names = 1)
counts <- xtabs(count ~ sample + feature, table)
counts <- matrix(counts, nrow(counts), dimnames = dimnames(counts))
meta <- meta[rownames(counts), ]
bray <- vegdist(counts / rowSums(counts), "bray")
said <- paste0(of("vegan"), ", adonis2")
one <- adonis2(bray ~ smoking, meta, permutations = 9)
groups("Bray-Curtis, smoking: sum of squares", one$SumOfSqs[1], said)
groups("Bray-Curtis, smoking: residual sum of squares", one$SumOfSqs[2], said)
groups("Bray-Curtis, all samples: sum of squares", one$SumOfSqs[3], said, "1e-8")
sequence <- adonis2(bray ~ sex + smoking, meta, by = "terms", permutations = 9)
for (k in 1:2) {
  name <- c("sex first", "smoking after sex")[k]
  groups(paste0("In sequence, ", name, ": sum of squares"), sequence$SumOfSqs[k], paste(said, "by terms"))
  groups(paste0("In sequence, ", name, ": R2"), sequence$R2[k], paste(said, "by terms"))
  groups(paste0("In sequence, ", name, ": F"), sequence$F[k], paste(said, "by terms"))
}
whole <- adonis2(bray ~ sex + smoking, meta, by = NULL, permutations = 9)
groups("Sex and smoking together: R2", whole$R2[1], paste(said, "by = NULL"))
groups("Sex and smoking together: F", whole$F[1], paste(said, "by = NULL"))
crossed <- adonis2(bray ~ sex * smoking, meta, by = "margin", permutations = 9)
groups("Sex by smoking: sum of squares", crossed$SumOfSqs[1], paste(said, "by margin"))
groups("Sex by smoking: F", crossed$F[1], paste(said, "by margin"))
age <- adonis2(bray ~ age + smoking, meta, by = "margin", permutations = 9)
groups("Age beside smoking: R2", age$R2[1], paste(said, "by margin"))
groups("Age beside smoking: F", age$F[1], paste(said, "by margin"))
for (type in c("centroid", "median")) {
  found <- betadisper(bray, meta$smoking, type = type, bias.adjust = TRUE)
  near <- if (type == "median") "2e-6" else "1e-9"
  told <- paste0(of("vegan"), ", betadisper, bias.adjust")
  groups(paste0("Adjusted for size, dispersion about the ", type, ": F"), anova(found)[["F value"]][1], told, near)
  for (name in names(found$group.distances))
    groups(paste0("Adjusted for size, mean distance to the ", type, ": ", name), mean(found$distances[meta$smoking == name]), told, near)
}
ways <- paste0(of("permute"), ", numPerms")
groups("Orders of 8 samples in 2 blocks of 4", numPerms(8, how(blocks = gl(2, 4))), ways, "0")
groups("Orders of 4 whole people of 3 samples", numPerms(12, how(plots = Plots(gl(4, 3), type = "free"), within = Within("none"))), ways, "0")
groups("Orders of 3 samples within each of 4 people", numPerms(12, how(plots = Plots(gl(4, 3), type = "none"), within = Within("free"))), ways, "0")

# ---- recipes/follow-over-time, on data/ecam (time.csv)
time <- function(name, value, source, tolerance) row("recipes/follow-over-time", name, value, tolerance, source)
here <- read.csv("time.csv")
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5))
own <- lmerTest::lmer(shannon ~ month * delivery + (month | child), here, control = tight)
said <- paste0(of("lmerTest"), ", own levels and slopes")
short <- c(month = "month", deliveryvaginal = "delivery", "month:deliveryvaginal" = "month by delivery")
for (term in names(short)) for (what in c("Estimate", "Std. Error", "df", "Pr(>|t|)")) {
  name <- c(Estimate = "estimate", "Std. Error" = "standard error", df = "degrees of freedom", "Pr(>|t|)" = "p")[what]
  time(sprintf("Own slopes, %s: %s", short[term], name), coef(summary(own))[term, what], said, if (what == "df") "0.02" else "2e-5")
}
parts <- as.data.frame(VarCorr(own))
time("Own slopes: variance of the levels", parts$vcov[1], paste0(of("lme4")), "1e-4")
time("Own slopes: variance of the slopes", parts$vcov[2], paste0(of("lme4")), "1e-5")
time("Own slopes: residual variance", parts$vcov[4], paste0(of("lme4")), "1e-4")
paces <- as.data.frame(emtrends(own, ~ delivery, var = "month", lmer.df = "satterthwaite", data = here))
for (k in 1:2) {
  who <- c(Cesarean = "caesarean", cesarean = "caesarean", caesarean = "caesarean", vaginal = "vaginal")[as.character(paces$delivery[k])]
  time(sprintf("Pace of %s delivery: estimate", who), paces$month.trend[k], paste0(of("emmeans"), ", emtrends"), "2e-5")
  time(sprintf("Pace of %s delivery: standard error", who), paces$SE[k], paste0(of("emmeans"), ", emtrends"), "2e-5")
  time(sprintf("Pace of %s delivery: degrees of freedom", who), paces$df[k], paste0(of("emmeans"), ", emtrends"), "0.02")
}
here$child <- factor(here$child)
average <- paste0(of("geepack"), ", exchangeable (which estimates the correlation in another way)")
gee <- coef(summary(geeglm(shannon ~ month * delivery, id = child, data = here[order(here$child), ], corstr = "exchangeable", control = geese.control(epsilon = 1e-10))))
for (term in names(short)) {
  time(sprintf("Averages, %s: estimate", short[term]), gee[term, "Estimate"], average, "1e-3")
  time(sprintf("Averages, %s: robust standard error", short[term]), gee[term, "Std.err"], average, "1e-3")
}

# ---- recipes/compare-before-and-after, on numbers written there
change <- function(name, value, source, tolerance = "1e-9") row("recipes/compare-before-and-after", name, value, tolerance, source)
before <- c(5.029, 6.573, 8.195, 4.661, 7.991, 7.479, 7.646, 11.55, 4.538, 12.267, 5.485, 4.7, 5.548, 8.175, 7.852)
after <- c(5.601, 6.032, 8.24, 8.22, 10.363, 7.679, 7.039, 13.271, 3.362, 12.956, 5.364, 8.132, 9.18, 9.771, 6.819)
arm <- rep(0:1, c(8, 7))
fit <- lm(log(after) ~ log(before) + arm)
x <- model.matrix(fit); bread <- solve(crossprod(x))
hc3 <- bread %*% crossprod(x * (resid(fit) / (1 - hatvalues(fit)))) %*% bread
b <- coef(fit)["arm"]; e <- sqrt(hc3["arm", "arm"])
said <- paste0("R ", R.version$major, ".", R.version$minor, ", lm with HC3 written out")
change("Arms beside before: ratio", exp(b), said)
change("Arms beside before: lower bound", exp(b - qt(0.975, 12) * e), said)
change("Arms beside before: upper bound", exp(b + qt(0.975, 12) * e), said)
change("Arms beside before: p", 2 * pt(-abs(b / e), 12), said)
long <- data.frame(y = log(c(before, after)), who = rep(1:15, 2), period = rep(0:1, each = 15), order = rep(arm, 2))
long$drug <- (long$period + long$order) %% 2
everybody <- coef(summary(lmerTest::lmer(y ~ drug + period + (1 | who), long[-c(2, 29), ], control = tight)))["drug", ]
said <- paste0(of("lmerTest"), ", two people with one period")
width <- qt(0.975, everybody["df"]) * everybody["Std. Error"]
change("Cross-over of everybody: ratio", exp(everybody["Estimate"]), said, "2e-6")
change("Cross-over of everybody: lower bound", exp(everybody["Estimate"] - width), said, "2e-5")
change("Cross-over of everybody: upper bound", exp(everybody["Estimate"] + width), said, "2e-5")
change("Cross-over of everybody: p", everybody["Pr(>|t|)"], said, "2e-5")

# ---- recipes/find-differential-taxa, on counts written there
small <- matrix(c(1, 32, 1, 2, 6, 11, 3, 57, 0, 1, 37, 2, 7, 69, 0, 1, 97, 8, 5, 237, 1, 2, 7, 8, 5, 27, 3, 2, 17, 10,
  2, 145, 0, 8, 19, 22, 93, 222, 1, 4, 29, 14, 16, 108, 0, 2, 40, 9, 52, 80, 1, 1, 73, 15, 12, 392, 2, 3, 68, 11,
  1, 181, 0, 2, 37, 6, 35, 83, 1, 4, 15, 7), ncol = 6, byrow = TRUE)
arms <- rep(0:1, each = 6)
trend <- eBayes(lmFit(t(log2((small + 0.5) / (rowSums(small) + 1) * 1e6)), model.matrix(~ arms)), trend = TRUE)
shares <- small / rowSums(small)
plain <- apply(shares, 2, function(s) summary(lm(log2(ifelse(s > 0, s, min(s[s > 0]) / 2)) ~ arms))$coefficients[2, ])
for (k in 2:6) {
  taxon <- c("first", "second", "third", "fourth", "fifth", "sixth")[k]
  said <- function(name, value, source, tolerance)
    row("recipes/find-differential-taxa", paste0(name, " of the ", taxon, " taxon"), value, tolerance, source)
  said("limma-trend: log2 fold change", trend$coefficients[k, 2], of("limma"), "1e-6")
  said("limma-trend: p", trend$p.value[k, 2], of("limma"), "1e-6")
  said("MaAsLin-like: log2 fold change", plain[1, k], paste0("R ", R.version$major, ".", R.version$minor, ", lm"), "1e-9")
  said("MaAsLin-like: p", plain[4, k], paste0("R ", R.version$major, ".", R.version$minor, ", lm"), "1e-9")
}
