//! A page of a thousand rows from records, texts escaped, five hundred times.

use std::fmt::Write;

struct Product {
    id: i64,
    name: String,
    price: i64,
    sold: bool,
}

fn escaped(text: &str) -> String {
    let mut done = String::with_capacity(text.len());
    for part in text.chars() {
        match part {
            '&' => done.push_str("&amp;"),
            '<' => done.push_str("&lt;"),
            '>' => done.push_str("&gt;"),
            '"' => done.push_str("&quot;"),
            other => done.push(other),
        }
    }
    done
}

fn page(title: &str, products: &[Product]) -> String {
    let mut text = String::new();
    let title = escaped(title);
    writeln!(text, "<html><head><title>{title}</title></head><body><table>").unwrap();
    for Product { id, name, price, sold } in products {
        let (name, kind) = (escaped(name), if *sold { "sold" } else { "free" });
        writeln!(text, "<tr id=\"p{id}\" class=\"{kind}\"><td>{id}</td><td>{name}</td><td>{price}</td></tr>").unwrap();
    }
    text.push_str("</table></body></html>\n");
    text
}

fn main() {
    let size: i64 = std::env::args().nth(1).map_or(500, |it| it.parse().unwrap());
    let product = |id: i64| Product {
        id,
        name: format!("Nuts & bolts <{}>", id * 37 % 1000),
        price: id * 13 % 10000,
        sold: id % 5 == 0,
    };
    let products: Vec<Product> = (1..=1000).map(product).collect();
    let bytes: usize = (0..size).map(|n| page(&format!("Page {n} & more"), &products).len()).sum();
    println!("{bytes}");
}
