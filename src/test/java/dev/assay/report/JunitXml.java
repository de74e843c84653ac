package dev.assay.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** The XML that Jenkins and GitLab read, with the names that people read. JUnit's own writer has {@code row(int)[3]} instead. */
final class JunitXml {
    private JunitXml() {}

    static void write(Path file, String suite, List<Rows.Finished> rows) throws IOException {
        if (file.getParent() != null) {
            Files.createDirectories(file.getParent());
        }
        try (Writer text = Files.newBufferedWriter(file, UTF_8)) {
            XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
            suite(xml, suite, rows);
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException e) {
            throw new IOException("writing the JUnit XML " + file, e);
        }
    }

    private static void suite(XMLStreamWriter xml, String suite, List<Rows.Finished> rows) throws XMLStreamException {
        Duration total = rows.stream().map(Rows.Finished::took).reduce(Duration.ZERO, Duration::plus);
        start(xml, "testsuite");
        xml.writeAttribute("name", suite);
        xml.writeAttribute("tests", String.valueOf(rows.size()));
        xml.writeAttribute("failures", count(rows, Rows.Outcome.FAILED));
        xml.writeAttribute("errors", count(rows, Rows.Outcome.BROKEN));
        xml.writeAttribute("skipped", count(rows, Rows.Outcome.SKIPPED));
        xml.writeAttribute("time", seconds(total));
        for (Rows.Finished row : rows) {
            row(xml, row);
        }
        end(xml);
    }

    private static String count(List<Rows.Finished> rows, Rows.Outcome outcome) {
        return String.valueOf(
                rows.stream().filter(row -> row.outcome() == outcome).count());
    }

    private static void row(XMLStreamWriter xml, Rows.Finished row) throws XMLStreamException {
        start(xml, "testcase");
        xml.writeAttribute("classname", text(row.group()));
        xml.writeAttribute("name", text(row.name()));
        xml.writeAttribute("time", seconds(row.took()));
        switch (row.outcome()) {
            case PASSED -> {}
            case FAILED -> trouble(xml, "failure", row);
            case BROKEN -> trouble(xml, "error", row);
            case SKIPPED -> trouble(xml, "skipped", row);
        }
        end(xml);
    }

    private static void trouble(XMLStreamWriter xml, String element, Rows.Finished row) throws XMLStreamException {
        start(xml, element);
        xml.writeAttribute("message", text(row.trouble()));
        xml.writeCharacters(text(row.stackTrace()));
        end(xml);
    }

    private static void start(XMLStreamWriter xml, String element) throws XMLStreamException {
        xml.writeCharacters("\n");
        xml.writeStartElement(element);
    }

    private static void end(XMLStreamWriter xml) throws XMLStreamException {
        xml.writeEndElement();
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.3f", duration.toNanos() / 1e9);
    }

    /** A log tail may hold control characters (colours, NUL) that no XML may. */
    private static String text(String any) {
        return any.replaceAll("[^\\x09\\x0A\\x0D\\x20-\\uD7FF\\uE000-\\uFFFD\\x{10000}-\\x{10FFFF}]", "�");
    }
}
