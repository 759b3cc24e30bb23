// For tests: one document of each type with every key that its type knows.
#pragma once

#include <array>
#include <string_view>

#include <lotbridge/documents.hpp>

namespace lotbridge {

struct DocumentSample {
  DocumentType type;
  std::string_view json;
};

inline constexpr std::array<DocumentSample, 14> kDocumentSamples = {{
    {DocumentType::item,
     R"({"owner":"pure-fresh","source":"erp","id":"I-1","at":"2026-05-16T08:00:00Z",
"command":true,"sku":"GYP-500","name":"Greek yogurt 500 g","gtins":["09506000134352"],
"aliases":[{"source":"shopify-eu","code":"GYP-500-2PK","quantity":2}],"unit":"each","decimals":0,
"packs":[{"code":"case","quantity":12,"gtin":"19506000134359"}],
"units":[{"code":"lb","factor":"0.45359237"}],"lot_tracked":true,"shelf_life_controlled":true,
"traceability_list":false,"requires_inspection":true,"date_kind":"best_before","shelf_life_days":14,
"shelf_life_months":1,"removal_days":1,"alert_days":3,"components":[{"sku":"CUP","quantity":1.5}],
"policy":{"min_remaining_days":3},"lot_template":"{SKU3}-{YYMMDD}","lot_template_mode":"warn",
"yield_tolerance_percent":5,"short_dated_days":[30,7],"merged_into":"GYP-501",
"attributes":{"a":1}})"},
    {DocumentType::policy,
     R"({"owner":"o","source":"api","id":"P-1","at":"2026-05-16T08:00:00Z","command":true,
"scope":{"channel":"d2c","customer":"c9","sku":"GYP-500","warehouse":"MAD1","destination":"ES-MD"},
"policy":{"rotation":"lifo","allocate":"manual","allocate_days_before":2,"min_remaining_days":5,
"min_remaining_percent":60,"max_remaining_days":90,"transit_days":2,"last_day_usable":false,
"null_expiry":"exclude","past_best_before_days":3,"allow_past_sell_by":true,"not_before_expiry":true,
"max_lots":2,"multiple":6,"ship_complete":"order","min_fulfil_percent":50,"lot_preference":"prefer",
"substitution":"strict","inbound_min_percent":70,"legacy_lot":"exclude","returns_to":"scrap",
"split_warehouses":true,"network_fefo":true},"attributes":{"a":1}})"},
    {DocumentType::receipt,
     R"({"owner":"o","source":"mad-files","id":"R-1","at":"2026-05-16T08:00:00Z",
"command":false,"kind":"opening","warehouse":"MAD1","supplier":"dairy-co","supplier_location":"farm 2",
"purchase_order":"PO-7","transfer":"T-1","void_of":"R-0",
"reference_documents":[{"type":"bill_of_lading","number":"B9"}],"received_on":"2026-05-16",
"lines":[{"line":"1","sku":"GYP-500","pack":"case","unit":"lb","rounding":"half_even","quantity":120,
"rejected":2,"lot":"GYP-260516-B01-MA","batch":"B01","supplier_lot":"77","tlc_source":"urn:x",
"expires_on":"2026-05-30","date_kind":"use_by","produced_on":"2026-05-16","sell_by":"2026-05-28",
"removal_on":"2026-05-29","location":"A-01","status":"quarantine",
"unit_cost":{"amount":"0.82","currency":"EUR"},"scan":"(01)09506000134352"}],"attributes":{"a":1}})"},
    {DocumentType::order,
     R"({"owner":"o","source":"shopify-eu","id":"5123456789","at":"2026-05-16T08:00:00Z",
"command":true,"number":"#1001","aliases":["1001"],"version":1,"channel":"shopify-eu","priority":-3,
"hold":"fraud check","placed_at":"2026-05-17T09:00:00Z","ship_on":"2026-05-18","promised_on":"2026-05-19",
"hold_until":"2026-05-17T10:00:00Z","warehouse":"MAD1","from_cart":"cart-1",
"customer":{"id":"c9","name":"Ana","email":"ana@example.org","phone":"+34 600"},
"ship_to":{"country":"ES","region":"MD","postal_code":"28001","name":"Ana","company":"Lopez","address1":"a1",
"address2":"a2","city":"Madrid","phone":"+34 601"},"policy":{"rotation":"fefo"},
"lines":[{"line":"1","sku":"GYP-500","variant":"44123","gtin":"09506000134352","pack":"case","unit":"lb",
"rounding":"half_even","quantity":3,"requires_shipping":false,"warehouse":"MAD1","lot":"L1",
"same_lot_group":"g","policy":{"min_remaining_days":5}}],"attributes":{"a":1}})"},
    {DocumentType::pick,
     R"({"owner":"o","source":"wms","id":"PK-1","at":"2026-05-16T08:00:00Z","command":false,
"order":"5123456789","order_source":"shopify-eu","warehouse":"MAD1","void_of":"PK-0","put_back":true,
"lines":[{"order_line":"1","sku":"GYP-500","gtin":"09506000134352","scan":"(10)L1","lot":"L1","quantity":3,
"short":1,"location":"A-01","reason":"damaged box"}],"attributes":{"a":1}})"},
    {DocumentType::cancellation,
     R"({"owner":"o","source":"api","id":"X-1","at":"2026-05-16T08:00:00Z",
"command":true,"order":"5123456789","order_source":"shopify-eu",
"lines":[{"order_line":"1","sku":"GYP-500","quantity":1}],"attributes":{"a":1}})"},
    {DocumentType::dispatch,
     R"({"owner":"o","source":"mad-files","id":"S-1","at":"2026-05-18T15:00:00Z",
"command":false,"order":"#1001","order_source":"shopify-eu","warehouse":"MAD1","carrier":"correos",
"tracking_number":"X1","shipment":"SH-1","override":"customer agreed","void_of":"S-0",
"lines":[{"order_line":"1","sku":"GYP-500","quantity":3,
"lots":[{"lot":"GYP-260516-B01-MA","quantity":3,"scanned":true}]}],"attributes":{"a":1}})"},
    {DocumentType::return_,
     R"({"owner":"o","source":"api","id":"RT-1","at":"2026-05-16T08:00:00Z","command":true,
"order":"#1001","order_source":"shopify-eu","void_of":"RT-0","warehouse":"MAD1","received":false,
"lines":[{"order_line":"1","sku":"GYP-500","quantity":1,"lots":[{"lot":"L1","quantity":1,"scanned":false}],
"disposition":"scrap"}],"attributes":{"a":1}})"},
    {DocumentType::hold,
     R"({"owner":"o","source":"api","id":"H-1","at":"2026-05-16T08:00:00Z","command":true,
"code":"qa","reason":"pH out of range","lots":[{"sku":"GYP-500","lot":"L1","warehouse":"MAD1"}],
"attributes":{"a":1}})"},
    {DocumentType::release,
     R"({"owner":"o","source":"api","id":"RL-1","at":"2026-05-16T08:00:00Z","command":true,
"code":"qa","reason":"retested","lots":[{"sku":"GYP-500","lot":"L1","warehouse":"MAD1"}],
"attributes":{"a":1}})"},
    {DocumentType::transfer,
     R"({"owner":"o","source":"api","id":"T-1","at":"2026-05-16T08:00:00Z","command":true,
"from":{"warehouse":"MAD1","location":"A-01","status":"available"},
"to":{"warehouse":"BCN1","location":"B-01","status":"damaged"},"arrives_on":"2026-05-20","void_of":"T-0",
"lines":[{"sku":"GYP-500","lot":"L1","quantity":10}],"attributes":{"a":1}})"},
    {DocumentType::count,
     R"({"owner":"o","source":"api","id":"C-1","at":"2026-05-16T08:00:00Z","command":false,
"warehouse":"MAD1","location":"A-01","snapshot_at":"2026-05-16T07:00:00Z","void_of":"C-0",
"lines":[{"sku":"GYP-500","lot":"L1","status":"available","counted":118,"expires_on":"2026-05-30"}],
"attributes":{"a":1}})"},
    {DocumentType::adjustment,
     R"({"owner":"o","source":"api","id":"A-1","at":"2026-05-16T08:00:00Z","command":true,
"warehouse":"MAD1","reason":"correction","note":"mistyped","void_of":"A-0",
"lines":[{"sku":"GYP-500","lot":"L1","from_lot":"L2","location":"A-01","status":"available","quantity":2}],
"attributes":{"a":1}})"},
    {DocumentType::erasure,
     R"({"owner":"o","source":"shopify-eu","id":"E-1","at":"2026-05-16T08:00:00Z",
"command":false,"orders":["5123456789"],"customer":"c9","all":true,"attributes":{"a":1}})"},
}};

inline std::string_view sample_of(DocumentType type) {
  return kDocumentSamples[static_cast<std::size_t>(type) - 1].json;
}

}  // namespace lotbridge
