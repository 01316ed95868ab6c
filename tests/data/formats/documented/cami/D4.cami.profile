@SampleID:D4
@Version:0.9.1
@Ranks:superkingdom|phylum|class|order|family|genus|species
@@TAXID	RANK	TAXPATH	TAXPATHSN	PERCENTAGE
9000	superkingdom	1	Bacteria	48.5
9001	phylum	1	Bacteria|Bacteroidota	3.5
9002	class	1	Bacteria|Bacteroidota|Bacteroidia	3.5
9003	order	1	Bacteria|Bacteroidota|Bacteroidia|Bacteroidales	3.5
9004	family	1	Bacteria|Bacteroidota|Bacteroidia|Bacteroidales|Bacteroidaceae	3.5
9005	genus	1	Bacteria|Bacteroidota|Bacteroidia|Bacteroidales|Bacteroidaceae|Bacteroides	3.5
9006	species	1	Bacteria|Bacteroidota|Bacteroidia|Bacteroidales|Bacteroidaceae|Bacteroides|Bacteroides uniformis	3.5
9010	phylum	1	Bacteria|Bacillota	45.0
9011	class	1	Bacteria|Bacillota|Clostridia	45.0
9012	order	1	Bacteria|Bacillota|Clostridia|Eubacteriales	45.0
9013	family	1	Bacteria|Bacillota|Clostridia|Eubacteriales|Lachnospiraceae	45.0
9014	genus	1	Bacteria|Bacillota|Clostridia|Eubacteriales|Lachnospiraceae|Blautia	45.0
9015	species	1	Bacteria|Bacillota|Clostridia|Eubacteriales|Lachnospiraceae|Blautia|Blautia obeum	45.0
9016	superkingdom	1	Archaea	1.0
9017	phylum	1	Archaea|Methanobacteriota	1.0
9018	class	1	Archaea|Methanobacteriota|Methanobacteria	1.0
9019	order	1	Archaea|Methanobacteriota|Methanobacteria|Methanobacteriales	1.0
9020	family	1	Archaea|Methanobacteriota|Methanobacteria|Methanobacteriales|Methanobacteriaceae	1.0
9021	genus	1	Archaea|Methanobacteriota|Methanobacteria|Methanobacteriales|Methanobacteriaceae|Methanobrevibacter	1.0
9022	species	1	Archaea|Methanobacteriota|Methanobacteria|Methanobacteriales|Methanobacteriaceae|Methanobrevibacter|Methanobrevibacter smithii	1.0
