use faultline::lab::Lab;
use faultline::models::Library;
#[test]
fn try_it() {
    let text = include_str!("../../static/labs/acknowledged-and-lost.toml");
    let library = Library::standard();
    match Lab::read(text, "acknowledged-and-lost", &library) {
        Err(problems) => {
            for problem in problems {
                println!("{problem}")
            }
        }
        Ok(lab) => {
            for problem in lab.check(&library) {
                println!("{problem}")
            }
            for (name, s, until) in lab.runs(&library).unwrap() {
                println!("{name} {} {until}", s.inputs.len());
            }
        }
    }
}
