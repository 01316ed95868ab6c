# R's numbers for adonis2 with strata and covariates, permute's designs and betadisper with bias.adjust, on the mites of
# vegan: writes mite.json beside itself. Needs vegan (2.6-4 when made), permute and jsonlite. Run: Rscript tests/peers/mite.R
suppressMessages({library(vegan); library(permute); library(jsonlite)})
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
data(mite); data(mite.env)
bray <- vegdist(mite / rowSums(mite), "bray")
env <- data.frame(topo = as.character(mite.env$Topo), shrub = as.character(mite.env$Shrub),
                  density = mite.env$SubsDens, water = mite.env$WatrCont)
env$plot <- paste0("p", rep(1:14, each = 5))
set.seed(1)
table_of <- function(found) { found <- as.data.frame(found)
  list(term = rownames(found), df = found$Df, SS = found$SumOfSqs, R2 = found$R2, F = found$F, p = found[["Pr(>F)"]]) }
strata <- adonis2(bray ~ density + water + shrub, data = env, by = "margin",
                  permutations = how(nperm = 9999, blocks = factor(env$topo)))
blocked <- adonis2(bray ~ topo + density + water + shrub, data = env, by = "margin",
                   permutations = how(nperm = 9999, blocks = factor(env$topo)))
sequence <- adonis2(bray ~ density + water + shrub, data = env, by = "terms", permutations = 99)
interaction <- adonis2(bray ~ water * shrub, data = env, by = "margin", permutations = 99)
plotted <- env; side <- ifelse(as.integer(sub("p", "", env$plot)) %% 2 == 0, "even", "odd"); plotted$side <- side
plots <- adonis2(bray ~ side, data = plotted,
  permutations = how(nperm = 9999, plots = Plots(strata = factor(env$plot), type = "free"), within = Within(type = "none")))
within <- adonis2(bray ~ water, data = env,
  permutations = how(nperm = 9999, plots = Plots(strata = factor(env$plot), type = "none"), within = Within(type = "free")))
spread <- function(type) { found <- betadisper(bray, env$shrub, type = type, bias.adjust = TRUE)
  list(F = permutest(found, permutations = 99)$tab$F[1], distances = unname(found$distances)) }
write_json(list(versions = list(R = R.version.string, vegan = as.character(packageVersion("vegan"))),
  bray = as.vector(bray), metadata = env, side = side, strata = table_of(strata), blocked = table_of(blocked), sequence = table_of(sequence),
  interaction = table_of(interaction), plots = table_of(plots), within = table_of(within),
  betadisper = list(median = spread("median"), centroid = spread("centroid"))),
  file.path(here, "mite.json"), digits = 12, auto_unbox = TRUE)
