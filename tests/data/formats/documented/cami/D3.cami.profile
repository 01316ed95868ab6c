@SampleID:D3
@Version:0.9.1
@Ranks:superkingdom|phylum|class|order|family|genus|species
@@TAXID	RANK	TAXPATH	TAXPATHSN	PERCENTAGE
9000	superkingdom	1	Bacteria	24.0
9001	phylum	1	Bacteria|Bacteroidota	20.0
9002	class	1	Bacteria|Bacteroidota|Bacteroidia	20.0
9003	order	1	Bacteria|Bacteroidota|Bacteroidia|Bacteroidales	20.0
9004	family	1	Bacteria|Bacteroidota|Bacteroidia|Bacteroidales|Bacteroidaceae	15.5
9005	genus	1	Bacteria|Bacteroidota|Bacteroidia|Bacteroidales|Bacteroidaceae|Bacteroides	15.5
9006	species	1	Bacteria|Bacteroidota|Bacteroidia|Bacteroidales|Bacteroidaceae|Bacteroides|Bacteroides uniformis	15.5
9007	family	1	Bacteria|Bacteroidota|Bacteroidia|Bacteroidales|Prevotellaceae	4.5
9008	genus	1	Bacteria|Bacteroidota|Bacteroidia|Bacteroidales|Prevotellaceae|Prevotella	4.5
9009	species	1	Bacteria|Bacteroidota|Bacteroidia|Bacteroidales|Prevotellaceae|Prevotella|Prevotella copri	4.5
9010	phylum	1	Bacteria|Bacillota	4.0
9011	class	1	Bacteria|Bacillota|Clostridia	4.0
9012	order	1	Bacteria|Bacillota|Clostridia|Eubacteriales	4.0
9013	family	1	Bacteria|Bacillota|Clostridia|Eubacteriales|Lachnospiraceae	4.0
9014	genus	1	Bacteria|Bacillota|Clostridia|Eubacteriales|Lachnospiraceae|Blautia	4.0
9015	species	1	Bacteria|Bacillota|Clostridia|Eubacteriales|Lachnospiraceae|Blautia|Blautia obeum	4.0
