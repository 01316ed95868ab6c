@SampleID:D1
@Version:0.9.1
@Ranks:superkingdom|phylum|class|order|family|genus|species
@@TAXID	RANK	TAXPATH	TAXPATHSN	PERCENTAGE
9000	superkingdom	1	Bacteria	42.5
9001	phylum	1	Bacteria|Bacteroidota	30.0
9002	class	1	Bacteria|Bacteroidota|Bacteroidia	30.0
9003	order	1	Bacteria|Bacteroidota|Bacteroidia|Bacteroidales	30.0
9004	family	1	Bacteria|Bacteroidota|Bacteroidia|Bacteroidales|Bacteroidaceae	30.0
9005	genus	1	Bacteria|Bacteroidota|Bacteroidia|Bacteroidales|Bacteroidaceae|Bacteroides	30.0
9006	species	1	Bacteria|Bacteroidota|Bacteroidia|Bacteroidales|Bacteroidaceae|Bacteroides|Bacteroides uniformis	30.0
9010	phylum	1	Bacteria|Bacillota	12.5
9011	class	1	Bacteria|Bacillota|Clostridia	12.5
9012	order	1	Bacteria|Bacillota|Clostridia|Eubacteriales	12.5
9013	family	1	Bacteria|Bacillota|Clostridia|Eubacteriales|Lachnospiraceae	12.5
9014	genus	1	Bacteria|Bacillota|Clostridia|Eubacteriales|Lachnospiraceae|Blautia	12.5
9015	species	1	Bacteria|Bacillota|Clostridia|Eubacteriales|Lachnospiraceae|Blautia|Blautia obeum	12.5
9016	superkingdom	1	Archaea	0.5
9017	phylum	1	Archaea|Methanobacteriota	0.5
9018	class	1	Archaea|Methanobacteriota|Methanobacteria	0.5
9019	order	1	Archaea|Methanobacteriota|Methanobacteria|Methanobacteriales	0.5
9020	family	1	Archaea|Methanobacteriota|Methanobacteria|Methanobacteriales|Methanobacteriaceae	0.5
9021	genus	1	Archaea|Methanobacteriota|Methanobacteria|Methanobacteriales|Methanobacteriaceae|Methanobrevibacter	0.5
9022	species	1	Archaea|Methanobacteriota|Methanobacteria|Methanobacteriales|Methanobacteriaceae|Methanobrevibacter|Methanobrevibacter smithii	0.5
