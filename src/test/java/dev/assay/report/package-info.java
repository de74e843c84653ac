/**
 * The Allure adapter: evidence of a row, stable history, the report's frame; and the acceptance without Maven. Nothing here
 * measures or judges.
 */
package dev.assay.report;
