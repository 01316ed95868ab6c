ref	percentage	coverage	score	chunksFrac	chunksRelDepth	chunksRelDepthStd	reads	ureads	hicureads	refsize	refname	taxid	rank	taxname	taxpath	taxpathsn
GCF_820	25	1.1	100	1.0	1.0;1.0	0	7	7	7	4000000		820	species	Bacteroides uniformis	Bacteria;Bacteroidota;Bacteroidia;Bacteroidales;Bacteroidaceae;Bacteroides;Bacteroides uniformis	2;3
GCF_40520	25	1.1	100	1.0	1.0;1.0	0	90	90	90	4000000		40520	species	Blautia obeum	Bacteria;Bacillota;Clostridia;Eubacteriales;Lachnospiraceae;Blautia;Blautia obeum	2;3
GCF_2173	25	1.1	100	1.0	1.0;1.0	0	2	2	2	4000000		2173	species	Methanobrevibacter smithii	Archaea;Methanobacteriota;Methanobacteria;Methanobacteriales;Methanobacteriaceae;Methanobrevibacter;Methanobrevibacter smithii	2;3
