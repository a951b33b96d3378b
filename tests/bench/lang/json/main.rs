//! Orders written as ten megabytes of JSON by their type, and read back, a few times (serde_json).

use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Item {
    price: f64,
    quantity: i64,
    sku: String,
}

#[derive(Serialize, Deserialize)]
struct Order {
    customer: String,
    id: i64,
    items: Vec<Item>,
    paid: bool,
    total: f64,
}

fn order(id: i64) -> Order {
    let item = |n| Item {
        price: ((id * 7 + n * 13) % 1000) as f64 + 0.25,
        quantity: n + 1,
        sku: format!("sku-{}", id * n % 9973),
    };
    let items: Vec<Item> = (0..=id % 4).map(item).collect();
    let total = items.iter().fold(0.125, |sum, item| sum + item.price);
    Order { customer: format!("customer \"{}\" & sons", id % 977), id, items, paid: id % 3 == 0, total }
}

fn main() {
    let size: i64 = std::env::args().nth(1).map_or(60_000, |it| it.parse().unwrap());
    let mut text = serde_json::to_string(&(1..=size).map(order).collect::<Vec<Order>>()).unwrap();
    for _ in 0..3 {
        let orders: Vec<Order> = serde_json::from_str(&text).unwrap();
        text = serde_json::to_string(&orders).unwrap();
    }
    let orders: Vec<Order> = serde_json::from_str(&text).unwrap();
    let total: i64 = orders.iter().flat_map(|order| &order.items).map(|item| item.quantity).sum();
    println!("{} {total}", text.len());
}
