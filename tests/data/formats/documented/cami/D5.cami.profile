@SampleID:D5
@Version:0.9.1
@Ranks:superkingdom|phylum|class|order|family|genus|species
@@TAXID	RANK	TAXPATH	TAXPATHSN	PERCENTAGE
9000	superkingdom	1	Bacteria	28.0
9001	phylum	1	Bacteria|Bacteroidota	7.5
9002	class	1	Bacteria|Bacteroidota|Bacteroidia	7.5
9003	order	1	Bacteria|Bacteroidota|Bacteroidia|Bacteroidales	7.5
9004	family	1	Bacteria|Bacteroidota|Bacteroidia|Bacteroidales|Bacteroidaceae	6.0
9005	genus	1	Bacteria|Bacteroidota|Bacteroidia|Bacteroidales|Bacteroidaceae|Bacteroides	6.0
9006	species	1	Bacteria|Bacteroidota|Bacteroidia|Bacteroidales|Bacteroidaceae|Bacteroides|Bacteroides uniformis	6.0
9007	family	1	Bacteria|Bacteroidota|Bacteroidia|Bacteroidales|Prevotellaceae	1.5
9008	genus	1	Bacteria|Bacteroidota|Bacteroidia|Bacteroidales|Prevotellaceae|Prevotella	1.5
9009	species	1	Bacteria|Bacteroidota|Bacteroidia|Bacteroidales|Prevotellaceae|Prevotella|Prevotella copri	1.5
9010	phylum	1	Bacteria|Bacillota	20.5
9011	class	1	Bacteria|Bacillota|Clostridia	20.5
9012	order	1	Bacteria|Bacillota|Clostridia|Eubacteriales	20.5
9013	family	1	Bacteria|Bacillota|Clostridia|Eubacteriales|Lachnospiraceae	20.5
9014	genus	1	Bacteria|Bacillota|Clostridia|Eubacteriales|Lachnospiraceae|Blautia	20.5
9015	species	1	Bacteria|Bacillota|Clostridia|Eubacteriales|Lachnospiraceae|Blautia|Blautia obeum	20.5
