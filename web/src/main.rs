//! Puts the page into the document, with all models that come with Faultline.

fn main() {
    faultline_web::start(faultline::models::Library::standard());
}
