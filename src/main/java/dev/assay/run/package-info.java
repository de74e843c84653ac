/** One walk along the sentence: reads, plans, launches on first need, judges, writes. The doors for Maven and the bundle. */
package dev.assay.run;
