//! `faultline package`: one lab of a built site to give away, as a SCORM package for a learning platform
//! or as one file that opens from a disk.

mod zip;

use super::{lab::usable, say};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use faultline::lab::Lab;
use std::path::Path;
use zip::Zip;

/// Where the site is if nobody says.
const SITE: &str = "dist";
/// The page between a platform and the lab, and the script that talks to both.
const SCO_PAGE: &str = include_str!("package/sco.html");
const SCO_SCRIPT: &str = include_str!("package/sco.js");
/// What the one file may do: run what is in it, and reach nobody.
const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval' data:; style-src 'unsafe-inline'; \
    img-src data: blob:; connect-src data:; base-uri 'none'; form-action 'none'";

enum Kind {
    Scorm,
    Html,
}

pub(super) fn package(name: &str, options: &[&str]) -> Result<(), String> {
    let (mut kind, mut out, mut site) = (None, None, SITE);
    let mut options = options.iter();
    while let Some(option) = options.next() {
        let mut value = || options.next().copied().ok_or_else(|| format!("{option} needs one word more"));
        match *option {
            "--scorm" => kind = Some(Kind::Scorm),
            "--html" => kind = Some(Kind::Html),
            "--out" => out = Some(value()?),
            "--site" => site = value()?,
            _ => return Err(format!("package does not know “{option}”; see faultline help")),
        }
    }
    let kind = kind.ok_or("as what? Say --scorm or --html")?;
    let out = out.ok_or("where to? Say --out FILE")?;
    let site = Path::new(site);
    if !site.join("index.html").is_file() {
        return Err(format!("there is no site in {}; make it with ./run build, or say where it is with --site", site.display()));
    }
    let file = if name.ends_with(".toml") { name.to_owned() } else { site.join("labs").join(format!("{name}.toml")).display().to_string() };
    let lab = usable(&file)?;
    let bytes = match kind {
        Kind::Scorm => scorm(site, &file, &lab)?,
        Kind::Html => html(site, &file, &lab)?.into_bytes(),
    };
    std::fs::write(out, &bytes).map_err(|fault| format!("{out}: {fault}"))?;
    say(&format!("{out}: “{}”, {} bytes", lab.title, bytes.len()))
}

fn scorm(site: &Path, file: &str, lab: &Lab) -> Result<Vec<u8>, String> {
    let start = format!("#lab={}&hide=links", lab.id);
    let mut files = vec![
        ("sco.html".to_owned(), SCO_PAGE.replace("{title}", &escaped(&lab.title)).replace("{start}", &escaped(&start)).into_bytes()),
        ("sco.js".to_owned(), SCO_SCRIPT.as_bytes().to_vec()),
        (format!("labs/{}.toml", lab.id), read(Path::new(file))?),
    ];
    for name in names(site, "")? {
        files.push((name.clone(), read(&site.join(&name))?));
    }
    let mut list: Vec<_> = files.iter().map(|(name, _)| format!("      <file href=\"{}\"/>\n", escaped(name))).collect();
    list.sort();
    let mut archive = Zip::default();
    archive.add("imsmanifest.xml", manifest(lab, &list.concat()).as_bytes())?;
    files.sort();
    files.iter().try_for_each(|(name, content)| archive.add(name, content))?;
    Ok(archive.finish())
}

fn manifest(lab: &Lab, files: &str) -> String {
    let (id, title) = (escaped(&lab.id), escaped(&lab.title));
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="faultline-{id}" version="1.0" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
  <metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
  <organizations default="course">
    <organization identifier="course">
      <title>{title}</title>
      <item identifier="lab" identifierref="sco" isvisible="true"><title>{title}</title></item>
    </organization>
  </organizations>
  <resources>
    <resource identifier="sco" type="webcontent" adlcp:scormtype="sco" href="sco.html">
{files}    </resource>
  </resources>
</manifest>
"#
    )
}

/// The files of the site that a lab needs, in the order of their names: no compressed twins, no other labs,
/// nothing that is for other pages or for the site as a whole.
fn names(site: &Path, folder: &str) -> Result<Vec<String>, String> {
    let place = site.join(folder);
    let entries = std::fs::read_dir(&place).map_err(|fault| format!("{}: {fault}", place.display()))?;
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|fault| format!("{}: {fault}", place.display()))?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if name.starts_with('.') {
            continue;
        }
        let name = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        let other = ["labs", "sizes.json", "embed.js", "embed.d.ts", "sw.js"].contains(&name.as_str());
        if other || name.ends_with(".br") || name.ends_with(".gz") {
            continue;
        }
        if entry.path().is_dir() { names.extend(self::names(site, &name)?) } else { names.push(name) }
    }
    names.sort();
    Ok(names)
}

fn html(site: &Path, file: &str, lab: &Lab) -> Result<String, String> {
    let page = text(&site.join("index.html"))?;
    let mut out = String::new();
    let mut rest = page.as_str();
    // The page is trunk's and ours: tags that bring something along name it in quotes.
    while let Some(start) = rest.find('<') {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let end = from.find('>').map_or(from.len(), |end| end + 1);
        let (tag, after) = from.split_at(end);
        rest = after;
        let local = |name: &str| attribute(tag, name).filter(|address| !address.contains(':')).map(|address| site.join(address));
        if tag.starts_with("<link ") {
            match (attribute(tag, "rel"), local("href")) {
                (Some("stylesheet"), Some(file)) => out.extend(["<style>", &text(&file)?, "</style>"]),
                (Some("icon"), Some(file)) => out.push_str(&tag.replacen(attribute(tag, "href").unwrap_or_default(), &data(&file)?, 1)),
                _ => {}
            }
        } else if let (true, Some(file)) = (tag.starts_with("<script "), local("src")) {
            // Nothing in a script may look like its end.
            out.extend(["<script type=\"module\">", &text(&file)?.replace("</script", "<\\/script")]);
        } else if tag.contains("id=\"entry\"") {
            let mut tag = tag.replacen("<template", "<template data-alone=\"\"", 1);
            for name in ["data-js", "data-wasm", "data-rest"] {
                if let Some(address) = attribute(&tag, name).map(str::to_owned) {
                    tag = tag.replacen(&format!("{name}=\"{address}\""), &format!("{name}=\"{}\"", data(&site.join(&address))?), 1);
                }
            }
            out.push_str(&tag);
        } else if tag.starts_with("<meta") && tag.contains("Content-Security-Policy") {
            // A policy of its own follows with the title.
        } else if tag == "<title>" {
            out.push_str(&format!(
                "<meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\" />\n    <title>{}: ",
                escaped(&lab.title)
            ));
        } else if tag == "<body>" {
            let start = format!("#lab={}&hide=links", lab.id);
            let inside = escaped(&String::from_utf8_lossy(&read(Path::new(file))?));
            out.push_str(&format!(
                "<body>\n<script>if (!location.hash) location.replace(\"{start}\")</script>\n<pre hidden id=\"file:labs/{}.toml\">\n{inside}</pre>",
                lab.id
            ));
        } else {
            out.push_str(tag);
        }
    }
    out.push_str(rest);
    Ok(out)
}

/// A file as an address that has all of it in it.
fn data(file: &Path) -> Result<String, String> {
    let kind = match file.extension().and_then(|extension| extension.to_str()) {
        Some("js") => "text/javascript",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        _ => return Err(format!("{} is nothing that a page in one file can have in it", file.display())),
    };
    Ok(format!("data:{kind};base64,{}", STANDARD.encode(read(file)?)))
}

/// What stands in quotes behind a name in a tag.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    tag[start..].split('"').next()
}

/// As text between tags, or in quotes in one.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

fn read(file: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(file).map_err(|fault| format!("{}: {fault}", file.display()))
}

fn text(file: &Path) -> Result<String, String> {
    String::from_utf8(read(file)?).map_err(|_| format!("{}: this is not text in UTF-8", file.display()))
}
