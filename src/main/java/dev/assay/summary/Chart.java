package dev.assay.summary;

/**
 * A drawing that needs nothing else.
 *
 * @param title of the drawing; also in it
 * @param svg a whole SVG element, well-formed as XML, without script, reference or number that is none
 */
public record Chart(String title, String svg) {}
