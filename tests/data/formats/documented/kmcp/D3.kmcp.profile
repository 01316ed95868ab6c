ref	percentage	coverage	score	chunksFrac	chunksRelDepth	chunksRelDepthStd	reads	ureads	hicureads	refsize	refname	taxid	rank	taxname	taxpath	taxpathsn
GCF_820	25	1.1	100	1.0	1.0;1.0	0	31	31	31	4000000		820	species	Bacteroides uniformis	Bacteria;Bacteroidota;Bacteroidia;Bacteroidales;Bacteroidaceae;Bacteroides;Bacteroides uniformis	2;3
GCF_165179	25	1.1	100	1.0	1.0;1.0	0	9	9	9	4000000		165179	species	Prevotella copri	Bacteria;Bacteroidota;Bacteroidia;Bacteroidales;Prevotellaceae;Prevotella;Prevotella copri	2;3
GCF_40520	25	1.1	100	1.0	1.0;1.0	0	8	8	8	4000000		40520	species	Blautia obeum	Bacteria;Bacillota;Clostridia;Eubacteriales;Lachnospiraceae;Blautia;Blautia obeum	2;3
