package dev.assay.summary;

/** The data of one chart: what it draws and the numbers it hands out are the same. */
interface Picture {
    int WIDTH = 800;

    int height();

    /** Whether there is nothing to draw; the chart then says so. */
    boolean isEmpty();

    void draw(Svg svg);

    Csv csv();

    /** What a reader must know of the source beside its name; may be empty. */
    default String remark() {
        return "";
    }

    /** @param source where the raw numbers lie, e.g. a path in the run folder */
    default Chart chart(String title, String source) {
        Svg svg = new Svg(title, WIDTH, height());
        if (isEmpty()) {
            svg.text(WIDTH / 2.0, height() / 2.0, "nothing measured", "middle", Svg.QUIET);
        } else {
            draw(svg);
        }
        return new Chart(title, svg.end(height(), WIDTH, source + remark()), csv().toString());
    }
}
