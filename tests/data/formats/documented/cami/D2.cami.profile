@SampleID:D2
@Version:0.9.1
@Ranks:superkingdom|phylum|class|order|family|genus|species
@@TAXID	RANK	TAXPATH	TAXPATHSN	PERCENTAGE
9000	superkingdom	1	Bacteria	37.5
9001	phylum	1	Bacteria|Bacteroidota	22.5
9002	class	1	Bacteria|Bacteroidota|Bacteroidia	22.5
9003	order	1	Bacteria|Bacteroidota|Bacteroidia|Bacteroidales	22.5
9007	family	1	Bacteria|Bacteroidota|Bacteroidia|Bacteroidales|Prevotellaceae	22.5
9008	genus	1	Bacteria|Bacteroidota|Bacteroidia|Bacteroidales|Prevotellaceae|Prevotella	22.5
9009	species	1	Bacteria|Bacteroidota|Bacteroidia|Bacteroidales|Prevotellaceae|Prevotella|Prevotella copri	22.5
9010	phylum	1	Bacteria|Bacillota	15.0
9011	class	1	Bacteria|Bacillota|Clostridia	15.0
9012	order	1	Bacteria|Bacillota|Clostridia|Eubacteriales	15.0
9013	family	1	Bacteria|Bacillota|Clostridia|Eubacteriales|Lachnospiraceae	15.0
9014	genus	1	Bacteria|Bacillota|Clostridia|Eubacteriales|Lachnospiraceae|Blautia	15.0
9015	species	1	Bacteria|Bacillota|Clostridia|Eubacteriales|Lachnospiraceae|Blautia|Blautia obeum	15.0
