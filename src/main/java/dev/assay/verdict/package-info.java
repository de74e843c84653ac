/** Whether it is enough: pure functions from measurements and criteria to verdicts, coverage and decision. */
package dev.assay.verdict;
